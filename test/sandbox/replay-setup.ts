/** What was done on the recorded servers between exchanges, done to a sandbox. */
import { courseContext } from './access';
import { serviceFunctions } from './accounts';
import {
	addAttempt,
	addBadge,
	addManualGrade,
	addModule,
	addSubmission,
	giveCapabilities,
	hideCategory,
	setCriteria,
} from './builders';
import { addCohort } from './builders-groups';
import type { Sandbox } from './index';
import type { RecordedVersion, SetupStep, Symbols } from './replay-types';
import type { CourseModule, ProfileField, User } from './rows';
import type { AssignSubmission, QuizAttempt } from './rows-learning';
import { newUser, type Site } from './site';
import { addService, addToken } from './tokens';
import { addCourse } from './functions/course-tools';

type Args = Record<string, unknown>;

/** Ids that are the same on every site. */
export function defineKnown(symbols: Symbols): void {
	const known: Record<string, number> = {
		'user:@guest': 1,
		'course:@front': 1,
		'category:@default': 1,
		'context:system': 1,
		'role:manager': 1,
		'role:editingteacher': 3,
		'role:teacher': 4,
		'role:student': 5,
	};
	for (const [name, id] of Object.entries(known)) symbols.define(name, id, id);
}

/** Things known from the start, and what the 5.1 site held besides. */
export function prepareSite(sandbox: Sandbox, version: RecordedVersion, symbols: Symbols): void {
	const { site, switches } = sandbox;
	defineKnown(symbols);
	if (version === '4.1') switches.maxInputVars = 5000;
	const names: Record<RecordedVersion, [string, string]> = {
		'4.1': ['Lab Moodle 4.1', 'lab41'],
		'4.5': ['Lab Moodle 4.5', 'lab45'],
		'5.1': ['Lab Moodle', 'lab'],
	};
	site.courses.update(1, { fullname: names[version][0], shortname: names[version][1] });
	if (version === '4.1') site.courses.update(1, { summaryformat: 1 });
	if (version !== '5.1') return;
	const now = site.now();
	site.users.insert(
		newUser({ username: 'ada', firstname: 'Ada', lastname: 'L', email: 'ada@example.org' }, now),
	);
	addCourse(site, { fullname: 'C1', shortname: 'C1b', category: 1 }, version);
	addCohort(site, 'co1', [], { name: 'Co' });
}

/** An id in the arguments: `{user:rxada}` or a number. */
function idOf(value: unknown, symbols: Symbols): number {
	return Number(symbols.fill(String(value)));
}

/** The name in `{user:rwada}`. */
const nameOf = (value: unknown): string => /:([^}]*)/.exec(String(value))?.[1] ?? '';

function moduleOf(site: Site, value: unknown, symbols: Symbols): CourseModule {
	const cm = site.modules.get(idOf(value, symbols));
	if (!cm) throw new Error(`no module ${String(value)}`);
	return cm;
}

const TABLE: Record<
	string,
	(
		sandbox: Sandbox,
		args: Args,
		symbols: Symbols,
		step: SetupStep,
		tokens: Map<string, string>,
	) => Record<string, number> | void
> = {
	profilefield({ site }, args) {
		for (const field of args.fields as Array<
			Partial<ProfileField> & { shortname: string; name: string; datatype: string }
		>) {
			site.profileFields.insert({ param1: '', defaultdata: '', ...field });
		}
	},
	module({ site }, args, symbols) {
		const values = args.values as Record<string, number | string>;
		const cm = addModule(
			site,
			idOf(args.course, symbols),
			String(args.modulename),
			String(args.name),
			values,
		);
		const short = String(args.name).replace(/\s/g, '').toLowerCase();
		const contextid = site.contexts.first('instance', `70:${cm.id}`)?.id ?? 0;
		return {
			[`cm:${short}`]: cm.id,
			[`${cm.modname}:${short}`]: cm.instance,
			[`context:${short}`]: contextid,
		};
	},
	coursecontext({ site }, args, symbols) {
		const name = String(args.course).slice('{course:'.length, -1);
		return { [`context:${name}`]: courseContext(site, idOf(args.course, symbols))?.id ?? 0 };
	},
	noenrol({ site }, args, symbols) {
		for (const enrol of site.enrols.find('course', idOf(args.course, symbols))) {
			if (enrol.enrol === 'manual') site.enrols.remove(enrol.id);
		}
	},
	selfenrol({ site }, args, symbols) {
		const name = String(args.course).slice('{course:'.length, -1);
		const enrols = site.enrols.find('course', idOf(args.course, symbols));
		const self = enrols.find((e) => e.enrol === 'self');
		if (self) site.enrols.update(self.id, { status: 0, password: String(args.key) });
		return {
			[`enrol:${name}-self`]: self?.id ?? 0,
			[`enrol:${name}-manual`]: enrols.find((e) => e.enrol === 'manual')?.id ?? 0,
		};
	},
	selfleave({ site }, args, symbols) {
		const courseid = idOf(args.course, symbols);
		for (const row of site.userEnrolments.find('courseUser', `${courseid}:2`)) {
			if (site.enrols.get(row.enrolid)?.enrol === 'self') site.userEnrolments.remove(row.id);
		}
		for (const given of site.roleAssignments.find(
			'place',
			`${courseContext(site, courseid)?.id ?? 0}:2`,
		)) {
			site.roleAssignments.remove(given.id);
		}
	},
	gradeitem({ site }, args, symbols) {
		const item = addManualGrade(site, {
			courseid: idOf(args.course, symbols),
			name: String(args.name),
			idnumber: String(args.idnumber),
			userid: idOf(args.user, symbols),
			grade: Number(args.grade),
			feedback: 'Well done',
		});
		return { [`gradeitem:${item.itemname?.replace(/\s/g, '').toLowerCase() ?? ''}`]: item.id };
	},
	criteria({ site }, args, symbols) {
		setCriteria(
			site,
			idOf(args.course, symbols),
			(args.cms as unknown[]).map((cm) => idOf(cm, symbols)),
		);
	},
	badge({ site }, args, symbols) {
		const courseid = args.course === undefined ? null : idOf(args.course, symbols);
		const badge = addBadge(
			site,
			String(args.name),
			idOf(args.user, symbols),
			courseid,
			Number(args.issued),
		);
		return { [`badge:${badge.name.replace(/\s/g, '').toLowerCase()}`]: badge.id };
	},
	account({ site }, args, symbols, step, tokens) {
		const { name, capabilities, mayAssign } = args as {
			name: string;
			capabilities: string[];
			mayAssign: number[];
		};
		const user = site.users.insert(
			newUser(
				{
					username: `stacct_${name}`,
					auth: 'webservice',
					firstname: 'St',
					lastname: `${name[0].toUpperCase()}${name.slice(1)}`,
					email: `stacct_${name}@example.com`,
				},
				site.now(),
			),
		);
		giveCapabilities(site, user.id, capabilities, { mayAssign });
		const service = addService(site, {
			shortname: `stacct_${name}`,
			functions: serviceFunctions(),
		});
		tokens.set(
			String(step.token),
			addToken(site, { userid: user.id, serviceid: service.id }).token,
		);
		return { [`user:st${name}acct`]: user.id };
	},
	submission({ site }, args, symbols) {
		const cm = moduleOf(site, args.assignment, symbols);
		const user = idOf(args.user, symbols);
		const submission = addSubmission(site, cm, user, {
			status: args.status as AssignSubmission['status'],
			text: String(args.text),
		});
		return { [`submission:${nameOf(args.user)}`]: submission.id };
	},
	attempt({ site }, args, symbols) {
		const state = args.state as QuizAttempt['state'];
		const attempt = addAttempt(site, moduleOf(site, args.quiz, symbols), idOf(args.user, symbols), {
			state,
			sumgrades: args.sumgrades as number | null,
			...(state === 'finished' ? {} : { timefinish: 0 }),
		});
		return { [`attempt:${nameOf(args.user)}${attempt.attempt}`]: attempt.id };
	},
	response({ site }, args, symbols, step) {
		const { id } = site.feedbackResponses.insert({
			feedback: moduleOf(site, args.feedback, symbols).instance,
			userid: args.user === 0 ? 0 : idOf(args.user, symbols),
			timemodified: site.now(),
			answers: args.answers as Record<string, string>,
		});
		return Object.fromEntries(Object.keys(step.defines ?? {}).map((name) => [name, id]));
	},
	framework() {
		return { 'framework:rw': 1, 'scale:rw': 2 };
	},
	competency({ site }, args, symbols, step) {
		const grades = args.grades as Array<{ user: string; grade: number }>;
		const { id } = site.competencies.insert({
			course: idOf(args.course, symbols),
			shortname: String(args.shortname),
			idnumber: String(args.idnumber),
			framework: String(args.framework),
			grades: Object.fromEntries(grades.map(({ user, grade }) => [idOf(user, symbols), grade])),
		});
		return Object.fromEntries(Object.keys(step.defines ?? {}).map((name) => [name, id]));
	},
	hidecategory({ site }, args, symbols) {
		hideCategory(site, idOf(args.category, symbols));
	},
	wsrole({ site }) {
		const role = site.roles.insert({
			shortname: 'rxwsonly',
			name: 'rxwsonly',
			sortorder: 9,
			capabilities: new Set(['webservice/rest:use']),
			levels: [10],
			mayAssign: [],
		});
		return { 'role:rxwsonly': role.id };
	},
	service({ site }, args) {
		addService(site, {
			shortname: String(args.shortname),
			functions: args.functions === '*' ? 'all' : new Set(args.functions as string[]),
			enabled: args.enabled !== 0,
			restricted: args.restricted === 1,
			uploadfiles: args.upload === 1,
		});
	},
	token({ site }, args, symbols, step, tokens) {
		const service = [...site.services.values()].find((s) => s.shortname === args.service);
		const userid = args.user === 0 ? 2 : idOf(args.user, symbols);
		const token = addToken(site, {
			userid,
			serviceid: service?.id ?? 0,
			validuntil: Number(args.validuntil ?? 0),
			iprestriction: String(args.ip ?? ''),
		});
		tokens.set(String(step.token), token.token);
	},
	userfield({ site }, args, symbols) {
		const value = args.field === 'auth' ? args.value : args.value === 1;
		site.users.update(idOf(args.user, symbols), { [String(args.field)]: value } as Partial<User>);
	},
	maintenance({ switches }, args) {
		const states: Record<string, false | 'web' | 'cli'> = {
			'--enableold': 'web',
			'--enable': 'cli',
			'--disable': false,
		};
		switches.maintenance = states[String(args.option)];
	},
	config({ switches }, args) {
		if (args.name === 'enablewebservices') switches.webservices = String(args.value) === '1';
		if (args.name === 'webserviceprotocols') switches.rest = args.value === 'rest';
	},
};

/** Applies one entry of `setup`. */
export function applySetup(
	sandbox: Sandbox,
	step: SetupStep,
	symbols: Symbols,
	tokens: Map<string, string>,
): void {
	const made = TABLE[step.action](sandbox, step.args, symbols, step, tokens) ?? {};
	for (const [name, recorded] of Object.entries(step.defines ?? {})) {
		if (made[name] === undefined) throw new Error(`Setup ${step.action} made no ${name}`);
		symbols.define(name, made[name], recorded);
	}
}
