/** report_competency_data_for_report */
import { hasCapability, type Ctx, type Handlers } from '../access';
import { phpError } from '../errors';
import type { Competency } from '../rows-learning';
import type { Course, User } from '../rows';
import { fullName, pictureUrl } from './user-details';

/** The one framework: three marks, the second of which is enough. */
const FRAMEWORK = 1;
const MARKS = [1, 2, 3].map((id) => ({
	id,
	scaledefault: id === 1 ? 1 : 0,
	proficient: id > 1 ? 1 : 0,
}));
const SCALE = { scaleid: 2, scaleconfiguration: JSON.stringify([{ scaleid: '2' }, ...MARKS]) };

function describeUser(ctx: Ctx, user: User): unknown {
	const { id, email, idnumber } = user;
	return {
		id,
		email,
		idnumber,
		phone1: '',
		phone2: '',
		department: '',
		institution: '',
		fullname: fullName(user),
		identity: email,
		profileurl: `${ctx.site.wwwroot}/user/profile.php?id=${id}`,
		profileimageurl: pictureUrl(ctx, 1),
		profileimageurlsmall: pictureUrl(ctx, 2),
	};
}

function describeCourse(ctx: Ctx, course: Course): unknown {
	const { id, fullname, shortname, idnumber, startdate, enddate } = course;
	return {
		id,
		fullname,
		shortname,
		idnumber,
		summary: '',
		summaryformat: 1,
		startdate,
		enddate,
		visible: true,
		showactivitydates: false,
		showcompletionconditions: true,
		pdfexportfont: '',
		fullnamedisplay: fullname,
		viewurl: `${ctx.site.wwwroot}/course/view.php?id=${id}`,
		courseimage: 'data:image/svg+xml',
		progress: 0,
		hasprogress: false,
		isfavourite: false,
		hidden: false,
		showshortname: false,
		coursecategory: 'Category 1',
	};
}

function describeCompetency(ctx: Ctx, row: Competency, sortorder: number): unknown {
	const { id, shortname, idnumber, framework } = row;
	const times = { timecreated: ctx.now(), timemodified: ctx.now(), usermodified: 2 };
	const pluginbaseurl = `${ctx.site.wwwroot}/admin/tool/lp`;
	const about = { description: '', descriptionformat: 1 };
	const rule = { ruleoutcome: 0, ruletype: null, ruleconfig: null };
	const noScale = { scaleid: null, scaleconfiguration: null };
	const place = { sortorder, parentid: 0, path: '/0/' };
	const path = { id: FRAMEWORK, name: framework, first: false, last: false, position: -1 };
	return {
		linkedcourses: [],
		relatedcompetencies: [],
		competency: {
			shortname,
			idnumber,
			...about,
			...place,
			...rule,
			...noScale,
			competencyframeworkid: FRAMEWORK,
			id,
			...times,
		},
		framework: {
			shortname: framework,
			idnumber: `rwf${row.course}`,
			...about,
			visible: true,
			...SCALE,
			contextid: 1,
			taxonomies: '',
			id: FRAMEWORK,
			...times,
			canmanage: ctx.isAdmin,
			competenciescount: ctx.site.competencies.find('course', row.course).length,
			contextname: 'System',
			contextnamenoprefix: 'System',
		},
		hascourses: false,
		hasrelatedcompetencies: false,
		...SCALE,
		taxonomyterm: 'Competency',
		comppath: { ancestors: [], framework: path, pluginbaseurl, pagecontextid: 1, showlinks: true },
		pluginbaseurl,
	};
}

/** Users without marks: Moodle breaks down, because it names the exception wrongly (4.1 to 5.1 measured). */
function getReport(ctx: Ctx, params: { courseid: number; userid: number }): unknown {
	const { courseid, userid } = params;
	ctx.course(courseid);
	const contextid = ctx.enterCourseContext(courseid);
	ctx.need('moodle/competency:usercompetencyview', contextid);
	const isEnrolled = ctx.site.userEnrolments.find('courseUser', `${courseid}:${userid}`).length > 0;
	if (
		!isEnrolled ||
		!hasCapability(ctx.site, userid, 'moodle/competency:coursecompetencygradable', contextid)
	)
		throw phpError('Error', 'Class "report_competency\\coding_exception" not found');
	ctx.need('moodle/competency:coursecompetencyview', contextid);
	const usercompetencies = ctx.site.competencies.find('course', courseid).map((row, at) => {
		const { id } = row;
		const grade = row.grades[userid] ?? null;
		return {
			usercompetencycourse: {
				userid,
				courseid,
				competencyid: id,
				proficiency: grade === null ? null : grade > 1,
				grade,
				id,
				timecreated: ctx.now(),
				timemodified: ctx.now(),
				usermodified: grade === null ? ctx.user : 2,
				gradename: grade === null ? '-' : 'ABC'.charAt(grade - 1),
				proficiencyname: grade !== null && grade > 1 ? 'Yes' : 'No',
			},
			competency: describeCompetency(ctx, row, at),
		};
	});
	return {
		courseid,
		user: describeUser(ctx, ctx.person(userid)),
		course: describeCourse(ctx, ctx.course(courseid)),
		usercompetencies,
		pushratingstouserplans: true,
	};
}

export const competencyFunctions: Handlers = { report_competency_data_for_report: getReport };
