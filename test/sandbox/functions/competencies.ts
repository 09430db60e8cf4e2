/** report_competency_data_for_report, as 4.1 and 5.1 answered an administrator. */
import { hasCapability, type Ctx, type Handlers } from '../access';
import { phpError } from '../errors';
import type { Competency } from '../rows-learning';
import type { Course, User } from '../rows';
import { fullName, pictureUrl } from './user-details';

const SCALE = { scaleid: 2, scaleconfiguration: '[{"scaleid":"2"}]' };

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
		courseimage: '',
		hasprogress: false,
		isfavourite: false,
		hidden: false,
		showshortname: false,
		coursecategory: 'Category 1',
	};
}

function describeCompetency(ctx: Ctx, { id, shortname, idnumber, framework }: Competency): unknown {
	const times = { timecreated: ctx.now(), timemodified: ctx.now(), usermodified: 2 };
	const pluginbaseurl = `${ctx.site.wwwroot}/admin/tool/lp`;
	const rule = { ruleoutcome: 0, ruletype: null, ruleconfig: null };
	const noScale = { scaleid: null, scaleconfiguration: null };
	const place = { description: '', sortorder: 0, parentid: 0, path: '/0/' };
	const own = { id, shortname, idnumber, competencyframeworkid: 1 };
	const path = { id: 1, name: framework, first: false, last: false, position: -1 };
	return {
		linkedcourses: [],
		relatedcompetencies: [],
		competency: { ...own, ...place, ...rule, ...noScale, ...times },
		framework: {
			id: 1,
			shortname: framework,
			idnumber: framework,
			description: '',
			visible: true,
			...SCALE,
			contextid: 1,
			taxonomies: '',
			...times,
			canmanage: true,
			competenciescount: 1,
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
	const contextid = ctx.enterCourseContext(courseid);
	const isEnrolled = ctx.site.userEnrolments.find('courseUser', `${courseid}:${userid}`).length > 0;
	if (
		!isEnrolled ||
		!hasCapability(ctx.site, userid, 'moodle/competency:coursecompetencygradable', contextid)
	)
		throw phpError('Error', 'Class "report_competency\\coding_exception" not found');
	ctx.need('moodle/competency:coursecompetencyview', contextid);
	ctx.need('moodle/competency:usercompetencyview', contextid);
	const usercompetencies = ctx.site.competencies.find('course', courseid).map((row) => {
		const { id } = row;
		const grade = row.grades[userid] ?? null;
		return {
			usercompetencycourse: {
				id,
				userid,
				courseid,
				competencyid: id,
				proficiency: grade === null ? null : grade > 1,
				grade,
				gradename: grade === null ? '-' : 'ABC'.charAt(grade - 1),
				proficiencyname: grade !== null && grade > 1 ? 'Yes' : 'No',
				timecreated: ctx.now(),
				timemodified: ctx.now(),
				usermodified: 2,
			},
			competency: describeCompetency(ctx, row),
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
