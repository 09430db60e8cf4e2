/** core_calendar_* events */
import { courseContext, SYSTEM, type Ctx, type Handlers } from '../access';
import type { CalendarEvent } from '../rows-learning';
import { checkFormat } from './text-tools';
import { moodleError } from '../errors';
import { pick } from '../table';

const WEEK = 7 * 86400;

interface EventInput {
	name: string;
	description: string | null;
	format: number;
	courseid: number;
	groupid: number;
	repeats: number;
	eventtype: string;
	timestart: number;
	timeduration: number;
	visible: number;
	sequence: number;
}

/** calendar_add_event_allowed */
function mayAdd(ctx: Ctx, event: Pick<EventInput, 'eventtype' | 'courseid'>): boolean {
	const contextid = event.courseid
		? (courseContext(ctx.site, event.courseid)?.id ?? SYSTEM)
		: SYSTEM;
	if (ctx.can('moodle/calendar:manageentries', contextid)) return true;
	if (event.eventtype === 'group') return ctx.can('moodle/calendar:managegroupentries', contextid);
	return event.eventtype === 'user' && ctx.can('moodle/calendar:manageownentries', SYSTEM);
}

function describe(event: CalendarEvent): Record<string, unknown> {
	return {
		...pick(event, 'id', 'name', 'description', 'format', 'courseid', 'groupid', 'userid'),
		modulename: '',
		instance: 0,
		...pick(event, 'eventtype', 'timestart', 'timeduration', 'visible'),
		uuid: '',
		...pick(event, 'sequence', 'timemodified'),
		subscriptionid: null,
	};
}

/** An event and its weekly repeats. */
function insertEvents(ctx: Ctx, input: EventInput): unknown[] {
	const { repeats, ...given } = input;
	const values = { ...given, description: given.description ?? '' };
	const made: CalendarEvent[] = [];
	for (let i = 0; i < Math.max(1, repeats); i++) {
		const event = ctx.site.events.insert({
			...values,
			timestart: values.timestart + i * WEEK,
			userid: ctx.user,
			categoryid: 0,
			repeatid: made[0]?.id ?? 0,
			timemodified: ctx.now(),
		});
		made.push(
			repeats > 0 && i === 0 ? ctx.site.events.update(event.id, { repeatid: event.id }) : event,
		);
	}
	return made.map((event) =>
		repeats > 0 ? { ...describe(event), repeatid: event.repeatid } : describe(event),
	);
}

function createEvents(ctx: Ctx, params: { events: EventInput[] }): unknown {
	const warnings: unknown[] = [];
	const events = ctx.atomic(() =>
		params.events.flatMap((input) => {
			checkFormat(input.format);
			if (input.courseid && !ctx.site.courses.get(input.courseid)) throw ctx.missing('course');
			if (mayAdd(ctx, input)) return insertEvents(ctx, input);
			warnings.push({
				item: input.name,
				warningcode: 'nopermissions',
				message: 'you do not have permissions to create this event',
			});
			return [];
		}),
	);
	return { events, warnings };
}

function deleteEvents(
	ctx: Ctx,
	params: { events: Array<{ eventid: number; repeat: boolean }> },
): null {
	ctx.atomic(() => {
		for (const { eventid, repeat } of params.events) {
			const event = ctx.site.events.get(eventid);
			if (!event) throw ctx.missing('event');
			if (event.userid !== ctx.user && !mayAdd(ctx, event))
				throw moodleError(
					'nopermissions',
					'Sorry, but you do not currently have permissions to do that (Delete event).',
				);
			const series =
				repeat && event.repeatid
					? ctx.site.events.all().filter((e) => e.repeatid === event.repeatid)
					: [event];
			for (const each of series) ctx.site.events.remove(each.id);
		}
	});
	return null;
}

interface GetInput {
	events: {
		eventids?: number[];
		courseids?: number[];
		groupids?: number[];
		categoryids?: number[];
	};
	options: { userevents?: boolean; siteevents?: boolean; timestart?: number; timeend?: number };
}

/** Events of a list look different from those fetched by id: what is 0 there is null here. */
function listed(event: CalendarEvent): unknown {
	const orNull = (value: number): number | null => (value === 0 ? null : value);
	const numbers = {
		categoryid: orNull(event.categoryid),
		groupid: orNull(event.groupid),
		repeatid: orNull(event.repeatid),
	};
	return { ...describe(event), ...numbers, uuid: undefined, modulename: null, instance: null };
}

function getEvents(ctx: Ctx, params: GetInput): unknown {
	const { eventids = [], courseids = [], groupids = [], categoryids = [] } = params.events;
	const { userevents = true, siteevents = true, timestart = 0, timeend = 0 } = params.options;
	ctx.enterSystem();
	const wanted = (e: CalendarEvent): boolean =>
		(userevents && e.userid === ctx.user && e.courseid === 0 && e.groupid === 0) ||
		(siteevents && e.courseid === 1) ||
		groupids.includes(e.groupid) ||
		categoryids.includes(e.categoryid) ||
		(e.groupid === 0 && e.courseid !== 0 && courseids.includes(e.courseid));
	const list = ctx.site.events
		.all()
		.filter(
			(e) =>
				wanted(e) &&
				e.timestart + e.timeduration >= timestart &&
				(timeend === 0 || e.timestart <= timeend),
		)
		.filter((e) => !eventids.includes(e.id))
		.sort((a, b) => a.timestart - b.timestart || a.id - b.id)
		.map(listed);
	const byId = eventids
		.map((id) => ctx.site.events.get(id))
		.filter((e) => e !== undefined)
		.map((e) => ({ ...describe(e), categoryid: e.categoryid, repeatid: e.repeatid }));
	return { events: [...list, ...byId], warnings: [] };
}

export const calendarFunctions: Handlers = {
	core_calendar_create_calendar_events: createEvents,
	core_calendar_delete_calendar_events: deleteEvents,
	core_calendar_get_calendar_events: getEvents,
};
