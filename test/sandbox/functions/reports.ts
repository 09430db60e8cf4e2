/** core_reportbuilder_*: custom reports. Written from Moodle's signatures and source; no exchange was recorded. */
import { SYSTEM, type Ctx, type Handlers } from '../access';
import { MoodleError, noPermission } from '../errors';
import type { Report } from '../rows-learning';
import { fullName, pictureUrl } from './user-details';

function describe(ctx: Ctx, report: Report): unknown {
	const author = ctx.person(report.usermodified);
	const { email, idnumber, phone1, phone2, department, institution } = author;
	return {
		name: report.name,
		source: report.source,
		type: 0,
		uniquerows: false,
		conditiondata: '[]',
		settingsdata: null,
		contextid: SYSTEM,
		component: '',
		area: '',
		itemid: 0,
		usercreated: report.usermodified,
		id: report.id,
		timecreated: report.timecreated,
		timemodified: report.timecreated,
		usermodified: report.usermodified,
		sourcename: 'Users',
		tags: [],
		customfields: { data: [] },
		modifiedby: {
			...{
				id: author.id,
				email,
				idnumber,
				phone1,
				phone2,
				department,
				institution,
				fullname: fullName(author),
				identity: email,
			},
			profileurl: `${ctx.site.wwwroot}/user/profile.php?id=${author.id}`,
			profileimageurl: pictureUrl(ctx, 1),
			profileimageurlsmall: pictureUrl(ctx, 2),
		},
	};
}

function mayView(ctx: Ctx): boolean {
	return (
		ctx.can('moodle/reportbuilder:view', SYSTEM) || ctx.can('moodle/reportbuilder:viewall', SYSTEM)
	);
}

function listReports(ctx: Ctx, params: { page: number; perpage: number }): unknown {
	ctx.enterSystem();
	if (!mayView(ctx)) throw noPermission('View custom reports');
	const start = params.page * params.perpage;
	const reports = ctx.site.reports
		.all()
		.slice(start, params.perpage ? start + params.perpage : undefined);
	return { reports: reports.map((report) => describe(ctx, report)), warnings: [] };
}

function retrieveReport(
	ctx: Ctx,
	params: { reportid: number; page: number; perpage: number },
): unknown {
	const report = ctx.site.reports.get(params.reportid);
	if (!report) throw ctx.missing('reportbuilder_report');
	ctx.enterSystem();
	if (!mayView(ctx)) {
		throw new MoodleError(
			'core_reportbuilder\\exception\\report_access_exception',
			'errorreportview',
			'You cannot view this report',
		);
	}
	const rows = report.rows();
	const start = params.page * params.perpage;
	const page = rows.slice(start, params.perpage ? start + params.perpage : undefined);
	return {
		details: describe(ctx, report),
		data: {
			headers: report.headers,
			rows: page.map((columns) => ({ columns })),
			totalrowcount: rows.length,
		},
		warnings: [],
	};
}

export const reportFunctions: Handlers = {
	core_reportbuilder_list_reports: listReports,
	core_reportbuilder_retrieve_report: retrieveReport,
};
