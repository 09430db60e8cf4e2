/** /webservice/rest/server.php */
import { Ctx, type CallSettings, type Handlers } from './access';
import { catalogue } from './catalogue';
import { costOf } from './cost';
import { accessError, caught, invalidParameter, missingRecord, NotImplemented } from './errors';
import { jsonEncode } from './php';
import { param, type Reply, type Request } from './request';
import { checkParameters, cleanReply } from './signature';
import type { Site } from './site';
import { authenticate, checkProtocol, mayCall } from './tokens';
import type { Description, PhpArray, PhpValue, Signature, Switches } from './types';
import { xmlError, xmlReply } from './xml';

const SETTINGS = ['raw', 'fileurl', 'filter', 'lang', 'timezone'];

/** The variables of a call: `$_GET` and `$_POST` merged by top-level name, settings taken out. */
function callVariables(request: Request): { variables: PhpArray; settings: CallSettings } {
	const variables: PhpArray = new Map<string, PhpValue>([...request.get, ...request.post]);
	for (const name of SETTINGS) variables.delete(`moodlewssetting${name}`);
	const flag = (name: string, otherwise: string): boolean => {
		const text = param(request, `moodlewssetting${name}`) ?? otherwise;
		return !['', '0', 'false', 'no', 'off'].includes(text.toLowerCase());
	};
	return {
		variables,
		settings: { raw: flag('raw', '0'), filter: flag('filter', '0'), fileurl: flag('fileurl', '1') },
	};
}

function take(variables: PhpArray, name: string): string | undefined {
	const value = variables.get(name);
	variables.delete(name);
	return typeof value === 'string' ? value : undefined;
}

/** What a call came to: the reply and its description, or an exception. */
interface Outcome {
	value: unknown;
	returns: Description | null;
	/** Text in front of the reply. */
	printed: string;
	cost: number;
}

/** A REST server for a site. */
export class RestServer {
	constructor(
		private readonly site: Site,
		private readonly switches: Switches,
		private readonly handlers: Handlers,
	) {}

	/** Answers a request. */
	answer(request: Request): Reply {
		if (!this.switches.webservices || !this.switches.rest) return forbidden();
		const { variables, settings } = callVariables(request);
		const json = take(variables, 'moodlewsrestformat') === 'json';
		const simple = request.path.endsWith('simpleserver.php');
		try {
			if (simple) throw accessError('Wrong username or password');
			const done = this.call(request, variables, settings);
			const body =
				done.printed + (json ? jsonEncode(done.value) : xmlReply(done.value, done.returns));
			return { ...success(json, body, 'ok'), cost: done.cost };
		} catch (error) {
			const thrown = caught(error);
			const details = thrown.body(this.site.version, this.switches.debugNormal);
			const body = json ? jsonEncode(details) : xmlError(details);
			return success(json, body, thrown.code ?? thrown.kind);
		}
	}

	private call(request: Request, variables: PhpArray, settings: CallSettings): Outcome {
		const caller = authenticate(this.site, this.switches, take(variables, 'wstoken'), request.ip);
		const asked = take(variables, 'wsfunction') ?? '';
		checkProtocol(this.site, caller.userid);
		const { name, signature } = this.functionInfo(asked);
		if (!mayCall(this.site, caller, name, request.ip)) {
			throw accessError(
				`Access to the function ${name}() is not allowed. There could be multiple reasons for this: ...`,
			);
		}
		const handler = this.handlers[name];
		if (!signature || !handler) throw new NotImplemented(`The sandbox has no function ${name}`);
		const params = checkParameters(signature.params, variables, this.site.installed);
		const ctx = new Ctx(
			this.site,
			this.site.version,
			caller.userid,
			settings,
			this.switches,
			name,
			caller.service,
		);
		const result = handler(ctx, params as never);
		const value =
			signature.returns === null
				? null
				: cleanReply(signature.returns, result, this.site.installed);
		const cost = costOf(name, params, value);
		return { value, returns: signature.returns, printed: ctx.printed, cost };
	}

	/** external_function_info: names are matched by the database, blind to case and trailing blanks. */
	private functionInfo(asked: string): { name: string; signature: Signature | undefined } {
		if (asked === '') throw invalidParameter('Missing function name');
		const known = catalogue(this.site.version);
		const low = asked.toLowerCase().replace(/ +$/, '');
		const name = known.names.includes(asked) ? asked : known.names.find((n) => n === low);
		if (!name)
			throw missingRecord(this.site.version, this.switches.debugNormal, 'external_functions');
		return { name, signature: known.functions[name] };
	}
}

/** 403 with an empty body: web services or REST are off. */
function forbidden(): Reply {
	return {
		status: 403,
		headers: { 'Content-Type': 'text/html; charset=utf-8' },
		body: '',
		outcome: 'forbidden',
	};
}

function success(json: boolean, body: string, outcome: string): Reply {
	const type = json ? 'application/json' : 'application/xml; charset=utf-8';
	return { status: 200, headers: { 'Content-Type': type }, body, outcome };
}
