/** mod_forum_*: reading forums and writing in them, as 4.1 to 5.1 answered an administrator. No exchange was recorded. */
import { isActiveEnrolment, moduleContext, SYSTEM, type Ctx, type Handlers } from '../access';
import { addDiscussion, addPost } from '../builders';
import { moodleError, phpError } from '../errors';
import type { CourseModule } from '../rows';
import type { ForumDiscussion, ForumPost } from '../rows-learning';
import { formatName } from './text-tools';
import { fullName, pictureUrl } from './user-details';

const ZEROS = [
	'assessed',
	'assesstimestart',
	'assesstimefinish',
	'scale',
	'grade_forum',
	'grade_forum_notify',
	'rsstype',
	'rssarticles',
	'warnafter',
	'blockafter',
	'blockperiod',
	'completiondiscussions',
	'completionreplies',
	'completionposts',
	'duedate',
	'cutoffdate',
];

function describeForum(ctx: Ctx, cm: CourseModule): unknown {
	return {
		...Object.fromEntries(ZEROS.map((name) => [name, 0])),
		id: cm.instance,
		course: cm.course,
		type: String(cm.settings.type ?? 'general'),
		name: formatName(ctx, cm.name),
		intro: '',
		introformat: 1,
		introfiles: [],
		maxbytes: 512000,
		maxattachments: 9,
		forcesubscribe: 1,
		trackingtype: 1,
		timemodified: cm.added,
		cmid: cm.id,
		numdiscussions: ctx.site.discussions.count('forum', cm.instance),
		cancreatediscussions: true,
		lockdiscussionafter: 0,
		istracked: false,
		unreadpostscount: 0,
	};
}

function getForums(ctx: Ctx, params: { courseids: number[] }): unknown {
	const mine = ctx.site.courses
		.all()
		.filter((course) => isActiveEnrolment(ctx.site, course.id, ctx.user))
		.map((course) => course.id);
	const ids = params.courseids.length > 0 ? [...new Set(params.courseids)] : mine;
	return ids
		.filter((id) => ctx.canEnterCourse(id))
		.flatMap((id) => ctx.site.modules.find('course', id).filter((cm) => cm.modname === 'forum'))
		.map((cm) => describeForum(ctx, cm));
}

/** A forum by its own number, which is not the number of its course module. */
function enterForum(ctx: Ctx, forumid: number): CourseModule {
	const cm = ctx.site.modules.first('instance', `forum:${forumid}`);
	if (!cm) throw ctx.missing('forum');
	const contextid = moduleContext(ctx.site, cm.id)?.id ?? SYSTEM;
	ctx.enter(contextid);
	if (!ctx.can('mod/forum:viewdiscussion', contextid)) {
		throw moodleError(
			'noviewdiscussionspermission',
			'You do not have permission to view discussions in this forum',
		);
	}
	return cm;
}

function describeDiscussion(ctx: Ctx, discussion: ForumDiscussion): unknown {
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
		attachment: '',
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
		canlock: ctx.isAdmin,
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
	const cm = enterForum(ctx, params.forumid);
	const contextid = moduleContext(ctx.site, cm.id)?.id ?? SYSTEM;
	const seesAll = ctx.can('mod/forum:viewhiddentimedposts', contextid);
	const found = ctx.site.discussions
		.find('forum', cm.instance)
		.filter((d) => seesAll || d.timestart <= ctx.now())
		.filter((d) => params.groupid <= 0 || d.groupid === params.groupid)
		.sort(order(ctx, params.sortorder));
	const size = params.perpage > 0 ? params.perpage : 100;
	const page = params.page < 0 ? found : found.slice(params.page * size, (params.page + 1) * size);
	return {
		discussions: page.map((discussion) => describeDiscussion(ctx, discussion)),
		warnings: [],
	};
}

const RIGHTS = [
	'view',
	'edit',
	'delete',
	'split',
	'reply',
	'selfenrol',
	'export',
	'controlreadstatus',
	'canreplyprivately',
];

function describePost(ctx: Ctx, post: ForumPost): unknown {
	const author = ctx.person(post.userid);
	const capabilities = Object.fromEntries(
		RIGHTS.map((name) => [name, name === 'view' || name === 'reply']),
	);
	return {
		id: post.id,
		subject: formatName(ctx, post.subject),
		replysubject: `Re: ${post.subject}`,
		message: post.message,
		messageformat: 1,
		author: {
			id: author.id,
			fullname: fullName(author),
			isdeleted: author.deleted,
			groups: [],
			urls: {
				profile: `${ctx.site.wwwroot}/user/view.php?id=${author.id}`,
				profileimage: pictureUrl(ctx, 1),
			},
		},
		discussionid: post.discussion,
		hasparent: post.parent !== 0,
		parentid: post.parent || null,
		timecreated: post.created,
		timemodified: post.modified,
		unread: false,
		isdeleted: false,
		isprivatereply: false,
		haswordcount: false,
		wordcount: null,
		charcount: null,
		capabilities,
		urls: { view: `${ctx.site.wwwroot}/mod/forum/discuss.php?d=${post.discussion}#p${post.id}` },
		attachments: [],
		tags: [],
	};
}

function getPosts(
	ctx: Ctx,
	params: { discussionid: number; sortby: string; sortdirection: string },
): unknown {
	const discussion = ctx.site.discussions.get(params.discussionid);
	if (!discussion) throw phpError('Error', 'Call to a member function get_forum_id() on null');
	enterForum(ctx, discussion.forum);
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
		posts: posts.map((post) => describePost(ctx, post)),
		forumid: discussion.forum,
		courseid: discussion.course,
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
	const contextid = moduleContext(ctx.site, cm.id)?.id ?? SYSTEM;
	ctx.enter(contextid);
	const odd = params.options.find(({ name }) => !OPTIONS.includes(name));
	if (odd) throw moodleError('errorinvalidparam', `The param "${odd.name}" is invalid.`);
	const right = cm.settings.type === 'news' ? 'mod/forum:addnews' : 'mod/forum:startdiscussion';
	if (cm.settings.type === 'single' || !ctx.can(right, contextid))
		throw moodleError('cannotcreatediscussion', 'Could not create new discussion');
	const { id } = addDiscussion(ctx.site, cm, ctx.user, params.subject, params.message);
	return { discussionid: id, warnings: [] };
}

function replyTo(ctx: Ctx, params: { postid: number; subject: string; message: string }): unknown {
	const parent = ctx.site.posts.get(params.postid);
	const discussion = parent && ctx.site.discussions.get(parent.discussion);
	if (!discussion) throw moodleError('invalidparentpostid', 'Parent post ID was incorrect');
	const cm = enterForum(ctx, discussion.forum);
	if (!ctx.can('mod/forum:replypost', moduleContext(ctx.site, cm.id)?.id ?? SYSTEM))
		throw moodleError('nopostforum', 'Sorry, you are not allowed to post to this forum');
	const made = addPost(ctx.site, discussion.id, ctx.user, params.message);
	const post = ctx.site.posts.update(made.id, { parent: parent.id, subject: params.subject });
	return { postid: post.id, warnings: [], post: describePost(ctx, post), messages: [] };
}

export const forumFunctions: Handlers = {
	mod_forum_add_discussion: startDiscussion,
	mod_forum_add_discussion_post: replyTo,
	mod_forum_get_forums_by_courses: getForums,
	mod_forum_get_forum_discussions: getDiscussions,
	mod_forum_get_discussion_posts: getPosts,
};
