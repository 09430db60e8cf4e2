/** mod_forum_*: reading forums and writing in them. */
import { isActiveEnrolment, moduleContext, SYSTEM, type Ctx, type Handlers } from '../access';
import { addDiscussion, addPost } from '../builders';
import { moodleError, phpError } from '../errors';
import type { CourseModule } from '../rows';
import type { ForumDiscussion, ForumPost } from '../rows-learning';
import { groupsSeen } from './group-tools';
import { formatName } from './text-tools';
import { fullName, pictureUrl } from './user-details';

/** Group of a discussion that belongs to everybody. */
const ALL_GROUPS = -1;

const zeros = (...names: string[]) => Object.fromEntries(names.map((name) => [name, 0]));

function describeForum(ctx: Ctx, cm: CourseModule): unknown {
	const type = String(cm.settings.type ?? 'general');
	const isNews = type === 'news';
	return {
		id: cm.instance,
		course: cm.course,
		type,
		name: formatName(ctx, cm.name),
		intro: isNews ? 'General news and announcements' : `About ${cm.name}`,
		introformat: 1,
		introfiles: [],
		lang: '',
		...zeros('duedate', 'cutoffdate', 'assessed', 'assesstimestart', 'assesstimefinish'),
		...zeros('scale', 'grade_forum', 'grade_forum_notify'),
		maxbytes: isNews && ctx.version === '5.1' ? 512000 : 0,
		maxattachments: 1,
		forcesubscribe: isNews ? 1 : 0,
		trackingtype: 1,
		...zeros('rsstype', 'rssarticles'),
		timemodified: cm.added,
		...zeros('warnafter', 'blockafter', 'blockperiod'),
		...zeros('completiondiscussions', 'completionreplies', 'completionposts'),
		cmid: cm.id,
		numdiscussions: ctx.site.discussions.count('forum', cm.instance),
		cancreatediscussions: mayStart(ctx, cm),
		lockdiscussionafter: 0,
		istracked: false,
	};
}

const contextOf = (ctx: Ctx, cm: CourseModule) => moduleContext(ctx.site, cm.id)?.id ?? SYSTEM;

const mayView = (ctx: Ctx, cm: CourseModule) =>
	ctx.can('mod/forum:viewdiscussion', contextOf(ctx, cm));

/** Whether the account may start discussions there. */
function mayStart(ctx: Ctx, cm: CourseModule): boolean {
	const right = cm.settings.type === 'news' ? 'mod/forum:addnews' : 'mod/forum:startdiscussion';
	return cm.settings.type !== 'single' && ctx.can(right, contextOf(ctx, cm));
}

function getForums(ctx: Ctx, params: { courseids: number[] }): unknown {
	const mine = ctx.site.courses
		.all()
		.filter((course) => isActiveEnrolment(ctx.site, course.id, ctx.user))
		.map((course) => course.id);
	const ids = params.courseids.length > 0 ? [...new Set(params.courseids)] : mine;
	return ids
		.filter((id) => ctx.canEnterCourse(id))
		.flatMap((id) => ctx.site.modules.find('course', id))
		.filter((cm) => cm.modname === 'forum' && mayView(ctx, cm))
		.map((cm) => describeForum(ctx, cm));
}

/** A forum by its own number, which is not the number of its course module. */
function enterForum(ctx: Ctx, forumid: number): CourseModule {
	const cm = ctx.site.modules.first('instance', `forum:${forumid}`);
	if (!cm) throw ctx.missing('forum');
	ctx.enter(contextOf(ctx, cm));
	return cm;
}

function describeDiscussion(ctx: Ctx, discussion: ForumDiscussion, contextid: number): unknown {
	const posts = ctx.site.posts.find('discussion', discussion.id);
	const first = posts[0];
	const last = posts.reduce((a, b) => (b.modified >= a.modified ? b : a), first);
	const author = ctx.person(first.userid);
	return {
		id: first.id,
		name: formatName(ctx, discussion.name),
		groupid: discussion.groupid,
		timemodified: discussion.timemodified,
		usermodified: last.userid,
		timestart: discussion.timestart,
		timeend: 0,
		discussion: discussion.id,
		parent: 0,
		userid: first.userid,
		created: first.created,
		modified: first.modified,
		mailed: 0,
		subject: formatName(ctx, first.subject),
		message: first.message,
		messageformat: 1,
		messagetrust: 0,
		attachment: false,
		totalscore: 0,
		mailnow: 0,
		userfullname: fullName(author),
		usermodifiedfullname: fullName(ctx.person(last.userid)),
		userpictureurl: pictureUrl(ctx, 1),
		usermodifiedpictureurl: pictureUrl(ctx, 1),
		numreplies: posts.length - 1,
		numunread: 0,
		pinned: discussion.pinned,
		locked: false,
		starred: false,
		canreply: true,
		canlock: ctx.can('moodle/course:manageactivities', contextid),
		canfavourite: true,
	};
}

/** 1 last post, newest first (default); 2 oldest first; 3 and 4 by creation. */
function order(ctx: Ctx, sortorder: number): (a: ForumDiscussion, b: ForumDiscussion) => number {
	const created = (d: ForumDiscussion): number =>
		ctx.site.posts.first('discussion', d.id)?.created ?? 0;
	const key =
		sortorder === 3 || sortorder === 4
			? created
			: (d: ForumDiscussion): number => Math.max(d.timemodified, d.timestart);
	const direction = sortorder === 2 || sortorder === 4 ? 1 : -1;
	return (a, b) =>
		Number(b.pinned) - Number(a.pinned) ||
		direction * (key(a) - key(b)) ||
		direction * (a.id - b.id);
}

interface DiscussionsInput {
	forumid: number;
	sortorder: number;
	page: number;
	perpage: number;
	groupid: number;
}

function getDiscussions(ctx: Ctx, params: DiscussionsInput): unknown {
	const text = `Unable to find forum with id ${params.forumid}`;
	if (!ctx.site.modules.first('instance', `forum:${params.forumid}`))
		throw moodleError(text, `error/${text}`);
	const cm = enterForum(ctx, params.forumid);
	if (!mayView(ctx, cm)) {
		throw moodleError(
			'noviewdiscussionspermission',
			ctx.version === '5.1'
				? 'You do not have permission to view discussions in this forum.'
				: 'You do not have the permission to view discussions in this forum',
		);
	}
	const contextid = contextOf(ctx, cm);
	const seesAll = ctx.can('mod/forum:viewhiddentimedposts', contextid);
	const groups = groupsSeen(ctx, cm);
	const found = ctx.site.discussions
		.find('forum', cm.instance)
		.filter((d) => seesAll || d.timestart <= ctx.now())
		.filter((d) => !groups || d.groupid === ALL_GROUPS || groups.has(d.groupid))
		.filter((d) => params.groupid <= 0 || d.groupid === params.groupid)
		.sort(order(ctx, params.sortorder));
	const size = params.perpage > 0 ? params.perpage : 100;
	const page = params.page < 0 ? found : found.slice(params.page * size, (params.page + 1) * size);
	return {
		discussions: page.map((discussion) => describeDiscussion(ctx, discussion, contextid)),
		warnings: [],
	};
}

/** What the account may do with a post: its own for half an hour, administrators with all. */
function rightsOn(ctx: Ctx, post: ForumPost): Record<string, boolean> {
	const isOwn = post.userid === ctx.user;
	return {
		view: true,
		edit: ctx.isAdmin || isOwn,
		delete: ctx.isAdmin,
		split: ctx.isAdmin && post.parent !== 0,
		reply: true,
		selfenrol: false,
		export: false,
		controlreadstatus: false,
		canreplyprivately: ctx.isAdmin,
	};
}

/** Up to 4.5 the subject of an answer begins with Re:, however the site is set. */
const answerTo = (ctx: Ctx, subject: string) =>
	ctx.version === '5.0' || ctx.version === '5.1' || subject.startsWith('Re:')
		? subject
		: `Re: ${subject}`;

function describePost(ctx: Ctx, post: ForumPost): unknown {
	const author = ctx.person(post.userid);
	const capabilities = rightsOn(ctx, post);
	const page = `${ctx.site.wwwroot}/mod/forum`;
	const profile = `${ctx.site.wwwroot}/user/view.php?id=${author.id}`;
	const place = `${page}/discuss.php?d=${post.discussion}`;
	const write = (may: boolean, what: string) =>
		may ? `${page}/post.php?${what}=${post.id}` : null;
	return {
		id: post.id,
		subject: formatName(ctx, post.subject),
		replysubject: answerTo(ctx, post.subject),
		message: post.message,
		messageformat: 1,
		author: {
			id: author.id,
			fullname: fullName(author),
			isdeleted: author.deleted,
			groups: [],
			urls: { profile, profileimage: pictureUrl(ctx, 1) },
		},
		discussionid: post.discussion,
		hasparent: post.parent !== 0,
		parentid: post.parent || null,
		timecreated: post.created,
		timemodified: post.modified,
		unread: null,
		isdeleted: false,
		isprivatereply: false,
		haswordcount: false,
		wordcount: null,
		charcount: null,
		capabilities,
		urls: {
			view: `${place}#p${post.id}`,
			viewisolated: `${place}&parent=${post.id}`,
			viewparent: post.parent === 0 ? null : `${place}#p${post.parent}`,
			edit: write(capabilities.edit, 'edit'),
			delete: write(capabilities.delete, 'delete'),
			split: write(capabilities.split, 'prune'),
			reply: write(capabilities.reply, 'reply'),
			export: null,
			markasread: null,
			markasunread: null,
			discuss: place,
		},
		attachments: [],
		messageinlinefiles: [],
		tags: [],
		html: {
			rating: null,
			taglist: null,
			authorsubheading: `by <a href="${profile}">${fullName(author)}</a>`,
		},
	};
}

/** An account that may not see the posts gets none, without a word (4.1 to 5.1 recorded). */
function getPosts(
	ctx: Ctx,
	params: { discussionid: number; sortby: string; sortdirection: string },
): unknown {
	const discussion = ctx.site.discussions.get(params.discussionid);
	if (!discussion) throw phpError('Error', 'Call to a member function get_forum_id() on null');
	const cm = enterForum(ctx, discussion.forum);
	const key =
		params.sortby === 'id'
			? (p: ForumPost) => p.id
			: params.sortby === 'modified'
				? (p: ForumPost) => p.modified
				: (p: ForumPost) => p.created;
	const direction = params.sortdirection.toUpperCase() === 'ASC' ? 1 : -1;
	const posts = ctx.site.posts
		.find('discussion', discussion.id)
		.sort((a, b) => direction * (key(a) - key(b) || a.id - b.id));
	return {
		posts: mayView(ctx, cm) ? posts.map((post) => describePost(ctx, post)) : [],
		forumid: discussion.forum,
		courseid: discussion.course,
		ratinginfo: {
			contextid: contextOf(ctx, cm),
			component: 'mod_forum',
			ratingarea: 'post',
			canviewall: null,
			canviewany: null,
			scales: [],
			ratings: [],
		},
		warnings: [],
	};
}

interface NewDiscussion {
	forumid: number;
	subject: string;
	message: string;
	options: Array<{ name: string; value: string }>;
}

const OPTIONS = ['discussionsubscribe', 'discussionpinned', 'inlineattachmentsid', 'attachmentsid'];

function startDiscussion(ctx: Ctx, params: NewDiscussion): unknown {
	const cm = ctx.site.modules.first('instance', `forum:${params.forumid}`);
	if (!cm) throw ctx.missing('forum');
	ctx.enter(contextOf(ctx, cm));
	const odd = params.options.find(({ name }) => !OPTIONS.includes(name));
	if (odd) throw moodleError('errorinvalidparam', `The param "${odd.name}" is invalid.`);
	if (!mayStart(ctx, cm))
		throw moodleError('cannotcreatediscussion', 'Could not create new discussion');
	const { id } = addDiscussion(ctx.site, cm, ctx.user, params.subject, params.message);
	return { discussionid: id, warnings: [] };
}

function replyTo(ctx: Ctx, params: { postid: number; subject: string; message: string }): unknown {
	const parent = ctx.site.posts.get(params.postid);
	const discussion = parent && ctx.site.discussions.get(parent.discussion);
	if (!discussion) throw moodleError('invalidparentpostid', 'Parent post ID was incorrect');
	const cm = enterForum(ctx, discussion.forum);
	if (!mayView(ctx, cm) || !ctx.can('mod/forum:replypost', contextOf(ctx, cm))) {
		throw moodleError(
			'nopostforum',
			ctx.version === '5.1'
				? 'You are not allowed to post to this forum.'
				: 'Sorry, you are not allowed to post to this forum',
		);
	}
	const made = addPost(ctx.site, discussion.id, ctx.user, params.message);
	const post = ctx.site.posts.update(made.id, { parent: parent.id, subject: params.subject });
	const messages = [
		'Your post was successfully added.',
		'You have 30 mins to edit it if you want to make any changes.',
	].map((message) => ({ type: 'success', message }));
	return { postid: post.id, warnings: [], post: describePost(ctx, post), messages };
}

export const forumFunctions: Handlers = {
	mod_forum_add_discussion: startDiscussion,
	mod_forum_add_discussion_post: replyTo,
	mod_forum_get_forums_by_courses: getForums,
	mod_forum_get_forum_discussions: getDiscussions,
	mod_forum_get_discussion_posts: getPosts,
};
