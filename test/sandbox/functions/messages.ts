/** core_message_* */
import { hasCapability, isActiveEnrolment, SYSTEM, type Ctx, type Handlers } from '../access';
import { moodleError } from '../errors';
import { stripTags } from '../php';
import type { User } from '../rows';
import type { Message } from '../rows-learning';
import { fullName } from './user-details';

interface MessageInput {
	touserid: number;
	text: string;
	textformat?: number;
	clientmsgid?: string;
}

function formatError(): Error {
	return moodleError('formatnotsupported', 'webservice/formatnotsupported');
}

/** By default people who share a course may write to each other. */
function maySend(ctx: Ctx, to: User): boolean {
	if (to.id === ctx.user || ctx.can('moodle/site:messageanyuser', SYSTEM)) return true;
	return ctx.site.userEnrolments
		.find('user', to.id)
		.some(
			(e) =>
				isActiveEnrolment(ctx.site, e.courseid, to.id) &&
				isActiveEnrolment(ctx.site, e.courseid, ctx.user),
		);
}

/** Why a message cannot be sent, or null. */
function refusal(ctx: Ctx, input: MessageInput): string | null {
	const to = ctx.site.users.get(input.touserid);
	if (!to || to.deleted)
		return `You cannot send a message to a user ID (${input.touserid}) that doesn't exist.`;
	if (new TextEncoder().encode(input.text).length > 4096)
		return 'The message is longer than the maximum allowed.';
	if (!maySend(ctx, to))
		return "You can't message this user due to their message preferences. Try adding them as a contact.";
	return null;
}

function conversationOf(ctx: Ctx, a: number, b: number): number {
	const key = [a, b].sort((x, y) => x - y).join('-');
	const found = ctx.site.conversations.first('key', key);
	return (found ?? ctx.site.conversations.insert({ key })).id;
}

function post(ctx: Ctx, input: MessageInput): Message {
	const format = input.textformat ?? 0;
	if (![0, 1, 2, 4].includes(format)) throw formatError();
	return ctx.site.messages.insert({
		useridfrom: ctx.user,
		useridto: input.touserid,
		conversationid: conversationOf(ctx, ctx.user, input.touserid),
		subject: `New message from ${fullName(ctx.person(ctx.user))}`,
		text: input.text,
		format,
		timecreated: ctx.now(),
	});
}

/** A message as it is shown. */
function shown(message: Message): string {
	if (message.text === '' || message.format !== 0) return message.text;
	return `<p>${message.text}</p>`;
}

function answer(
	ctx: Ctx,
	input: MessageInput,
	message: Message | null,
	error: string | null,
): Record<string, unknown> {
	const client = input.clientmsgid === undefined ? {} : { clientmsgid: input.clientmsgid };
	if (!message)
		return { ...client, msgid: -1, errormessage: error, candeletemessagesforallusers: false };
	const { id: msgid, timecreated, conversationid } = message;
	const reply = {
		...client,
		msgid,
		timecreated,
		conversationid,
		useridfrom: ctx.user,
		text: shown(message),
	};
	return { ...reply, candeletemessagesforallusers: ctx.isAdmin };
}

/** core_message_send_instant_messages: sends what it can; a mix of good and bad ones ends in an exception all the same. */
function sendMessages(ctx: Ctx, params: { messages: MessageInput[] }): unknown {
	if (!ctx.switches.messaging) throw moodleError('disabled', 'Messaging is disabled on this site');
	ctx.enterSystem();
	ctx.need('moodle/site:sendmessage', SYSTEM);
	let error: string | null = null;
	let sent = 0;
	const answers = params.messages.map((input) => {
		const problem = refusal(ctx, input);
		error = problem ?? error;
		const message = problem === null ? post(ctx, input) : null;
		if (message) sent++;
		return answer(ctx, input, message, error);
	});
	if (sent > 0 && sent < answers.length) throw formatError();
	return answers;
}

/** HTML as plain text: bold in capitals. */
function plain(message: Message): string {
	if (message.format !== 1) return message.text;
	const loud = message.text.replace(/<(b|strong)>([\s\S]*?)<\/\1>/g, (_, __, text: string) =>
		text.toUpperCase(),
	);
	return `${stripTags(loud)}${/<p>/.test(message.text) ? '\n' : ''}`;
}

function describeMessage(ctx: Ctx, message: Message): unknown {
	const from = ctx.person(message.useridfrom);
	const customdata = {
		notificationiconurl: `${ctx.site.wwwroot}/theme/image.php/boost/core/1/u/f1`,
		actionbuttons: { send: 'Send' },
		placeholders: { send: 'Write a message...' },
		courseid: 1,
	};
	return {
		id: message.id,
		useridfrom: message.useridfrom,
		useridto: message.useridto,
		subject: message.subject,
		text: shown(message),
		fullmessage: plain(message),
		fullmessageformat: message.format,
		fullmessagehtml: message.format === 1 ? message.text : '',
		smallmessage: message.text,
		notification: 0,
		contexturl: '',
		contexturlname: '',
		timecreated: message.timecreated,
		timeread: null,
		usertofullname: fullName(ctx.person(message.useridto)),
		userfromfullname: fullName(from),
		customdata: JSON.stringify(customdata).replace(/\//g, '\\/'),
	};
}

interface ReadInput {
	useridto: number;
	useridfrom: number;
	type: string;
	read: number;
	newestfirst: boolean;
	limitfrom: number;
	limitnum: number;
}

function getMessages(ctx: Ctx, params: ReadInput): unknown {
	if (!ctx.switches.messaging && params.type !== 'notifications')
		throw moodleError('disabled', 'Messaging is disabled on this site');
	ctx.enterSystem();
	const involved = [params.useridto, params.useridfrom].includes(ctx.user);
	if (!involved && !hasCapability(ctx.site, ctx.user, 'moodle/site:readallmessages', SYSTEM)) {
		throw moodleError('accessdenied', 'Access denied');
	}
	const direction = params.newestfirst ? -1 : 1;
	const found = (
		params.type === 'notifications' || params.read === 1 ? [] : ctx.site.messages.all()
	)
		.filter((m) => !params.useridto || m.useridto === params.useridto)
		.filter((m) => !params.useridfrom || m.useridfrom === params.useridfrom)
		.filter((m) => m.text !== '')
		.sort((a, b) => direction * (a.timecreated - b.timecreated) || a.id - b.id);
	const page = found.slice(
		params.limitfrom,
		params.limitnum ? params.limitfrom + params.limitnum : undefined,
	);
	return { messages: page.map((message) => describeMessage(ctx, message)), warnings: [] };
}

export const messageFunctions: Handlers = {
	core_message_send_instant_messages: sendMessages,
	core_message_get_messages: getMessages,
};
