/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** The accounts that a stand-in has ready: who asks, and what that account may do and see. */
import * as fs from 'node:fs';
import * as path from 'node:path';

import { giveRole, SYSTEM } from './access';
import { packageDir } from './catalogue';
import type { Role } from './rows';
import { newUser, type Service, type Site } from './site';
import { addService, addToken, makeToken } from './tokens';

/**
 * - `role`: what the documents ask for. Sign-in by web services only, the role of docs/role-preset.xml at the site, the
 *   functions of docs/functions.txt.
 * - `admin`: the site administrator, every function.
 * - `blind`: may create, update and delete users, and sees nobody.
 * - `hiddenEmails`: as `role`, but "See full user identity in lists" is missing, so e-mail addresses do not show.
 */
export const ACCOUNTS = ['role', 'admin', 'blind', 'hiddenEmails'] as const;
export type AccountName = (typeof ACCOUNTS)[number];

/** An account and its token. */
export interface Account {
	userid: number;
	username: string;
	token: string;
}

/** A role as docs/role-preset.xml describes it. */
export interface RolePreset {
	capabilities: string[];
	/** Short names of the roles that its holders may assign. */
	mayAssign: string[];
}

const docs = (name: string): string =>
	fs.readFileSync(path.join(packageDir(), 'docs', name), 'utf8');

const textsOf = (xml: string, tag: string): string[] =>
	[...xml.matchAll(new RegExp(`<${tag}>([^<]+)</${tag}>`, 'g'))].map((match) => match[1]);

/** Reads the preset from its file, so that a change of the file is felt at once. */
export function rolePreset(xml = docs('role-preset.xml')): RolePreset {
	const part = (tag: string): string =>
		new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(xml)?.[1] ?? '';
	return {
		capabilities: textsOf(part('permissions'), 'allow'),
		mayAssign: textsOf(part('allowassign'), 'shortname'),
	};
}

/** Reads the functions that the documents tell people to put into the service. */
export function serviceFunctions(text = docs('functions.txt')): Set<string> {
	return new Set(text.split(/[\s,]+/).filter(Boolean));
}

/** The accounts of a site, each made when it is first asked for. */
export type Accounts = Readonly<Record<AccountName, Account>>;

/** The tokens that stay the same when a site is reset. */
export type Tokens = Record<AccountName, string>;

export function makeTokens(): Tokens {
	return { role: makeToken(), admin: makeToken(), blind: makeToken(), hiddenEmails: makeToken() };
}

/**
 * Gives access to the accounts of a site.
 * @param first account to make at once; the others come when they are asked for, so that they stand in no list before
 */
export function accountsOf(site: Site, tokens: Tokens, first: AccountName): Accounts {
	const made = new Map<AccountName, Account>();
	const get = (name: AccountName): Account => {
		const there = made.get(name);
		if (there) return there;
		const account = MAKERS[name](site, tokens[name]);
		made.set(name, account);
		return account;
	};
	get('admin');
	get(first);
	const accounts = {};
	for (const name of ACCOUNTS)
		Object.defineProperty(accounts, name, { enumerable: true, get: () => get(name) });
	return accounts as Accounts;
}

const MAKERS: Record<AccountName, (site: Site, token: string) => Account> = {
	admin: (site, token) => withToken(site, 2, serviceNamed(site, 'sandbox_all', {}), token),
	role: (site, token) => roleAccount(site, token, 'n8n', rolePreset().capabilities),
	hiddenEmails: (site, token) =>
		roleAccount(
			site,
			token,
			'n8n_hidden',
			rolePreset().capabilities.filter((name) => name !== 'moodle/site:viewuseridentity'),
		),
	blind: (site, token) =>
		roleAccount(site, token, 'n8n_blind', [
			'webservice/rest:use',
			'moodle/user:create',
			'moodle/user:update',
			'moodle/user:delete',
		]),
};

/** An account that signs in by web services only, with a role of its own at the site. */
function roleAccount(site: Site, token: string, username: string, capabilities: string[]): Account {
	const user = site.users.insert(
		newUser(
			{
				username,
				auth: 'webservice',
				firstname: 'Web',
				lastname: 'Service',
				email: `${username}@example.org`,
			},
			site.now(),
		),
	);
	const role = addPresetRole(site, username, capabilities);
	giveRole(site, role.id, user.id, SYSTEM);
	return withToken(
		site,
		user.id,
		serviceNamed(site, 'n8n', { restricted: true, functions: serviceFunctions() }),
		token,
	);
}

/** Imports the preset's role, with these capabilities. */
function addPresetRole(site: Site, shortname: string, capabilities: string[]): Role {
	const mayAssign = rolePreset()
		.mayAssign.map((name) => site.roles.first('shortname', name)?.id)
		.filter((id) => id !== undefined);
	for (const name of capabilities) site.config.capabilities.add(name);
	return site.roles.insert({
		shortname,
		name: 'n8n integration',
		sortorder: site.roles.size + 1,
		capabilities: new Set(capabilities),
		levels: [10, 40, 50],
		mayAssign,
	});
}

function serviceNamed(site: Site, shortname: string, values: Partial<Service>): Service {
	const there = [...site.services.values()].find((service) => service.shortname === shortname);
	return there ?? addService(site, { shortname, name: shortname, ...values });
}

function withToken(site: Site, userid: number, service: Service, token: string): Account {
	if (service.restricted) service.users.push({ userid, validuntil: 0, iprestriction: '' });
	addToken(site, { token, userid, serviceid: service.id });
	return { userid, username: site.users.get(userid)?.username ?? '', token };
}
