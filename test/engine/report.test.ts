import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import type { Sandbox } from '../sandbox';
import { addReport } from '../sandbox/builders';
import { loadOptions } from '../support/harness';
import { by, nodeOn, onStandIn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

const report = nodeOn('report', () => sandbox);
const sent = sentTo(() => sandbox);
const people = (count: number) =>
	Array.from({ length: count }, (_, at) => [
		`<a href="x">User&amp;${at}</a>`,
		`u${at}@example.org`,
		'again',
		null,
		'oops',
	]);

let small: number;
let large: number;
beforeEach(() => {
	const headers = ['Name', 'Email', 'Email', '', 'error'];
	small = addReport(sandbox.site, 'Small', headers, () => people(3)).id;
	large = addReport(sandbox.site, 'Large', headers, () => people(1200)).id;
});

describe('getRows', () => {
	test('titles as keys, each only once; HTML taken out', async () => {
		const { json } = await report('getRows', { reportId: by('id', small) });
		expect(json[1]).toEqual({
			Name: 'User&1',
			Email: 'u1@example.org',
			'Email 2': 'again',
			'Column 4': null,
			'error 2': 'oops',
		});
		const raw = await report('getRows', {
			reportId: by('url', `${sandbox.url}/reportbuilder/view.php?id=${small}`),
			simplify: false,
		});
		expect(raw.json[1].Name).toBe('<a href="x">User&amp;1</a>');
		expect(raw.json).toHaveLength(3);
	});

	test('page by page, all or up to the limit', async () => {
		const { json } = await report('getRows', {
			reportId: by('list', String(large)),
			returnAll: true,
		});
		expect(json).toHaveLength(1200);
		expect(json.map((row) => row.Email)).toEqual(people(1200).map((row) => row[1]));
		expect(sent('core_reportbuilder_retrieve_report')).toBe(3);
		expect((await report('getRows', { reportId: by('id', large), limit: 501 })).json).toHaveLength(
			501,
		);
		expect((await report('getRows', { reportId: by('id', large) })).json).toHaveLength(50);
	});

	test('a report that is not there, or not for this account', async () => {
		const { json, errors } = await report(
			'getRows',
			{ reportId: by('id', '={{ $json.r }}') },
			[{ r: small }, { r: 99 }, { r: 'x' }, { r: '' }],
			split,
		);
		expect(json).toHaveLength(3);
		expect(errors).toEqual([
			expect.stringMatching(/no custom report with the ID 99/),
			expect.stringMatching(/not an ID/),
			expect.stringMatching(/'Report' is empty/),
		]);
		const token = sandbox.tokenWith([]);
		const refused = await report('getRows', { reportId: by('id', small) }, [{}], {
			...split,
			token,
		});
		expect(refused.errors).toEqual([expect.stringMatching(/may not see this report/)]);
	});
});

describe('getAll', () => {
	test('all reports, simplified and raw', async () => {
		for (let at = 0; at < 130; at++) addReport(sandbox.site, `More ${at}`, ['A'], () => []);
		const { json } = await report('getAll', { returnAll: true });
		expect(json).toHaveLength(132);
		expect(json[0]).toEqual({
			id: small,
			name: 'Small',
			source: 'Users',
			contextid: 1,
			timecreated: expect.any(String),
			timemodified: expect.any(String),
			modifiedby: expect.any(String),
		});
		expect(sent('core_reportbuilder_list_reports')).toBe(2);
		expect((await report('getAll', { limit: 2 })).json).toHaveLength(2);
		expect((await report('getAll', { limit: 1, simplify: false })).json[0]).toMatchObject({
			id: small,
			type: 0,
		});
	});

	test('the list behind the field: pages without a hit are passed over', async () => {
		for (let at = 0; at < 130; at++) addReport(sandbox.site, `More ${at}`, ['A'], () => []);
		const wanted = addReport(sandbox.site, 'Über alles', ['A'], () => []).id;
		const access = {
			credentialTypes: { moodleApi: new MoodleApi() },
			credentials: { moodleApi: { siteUrl: sandbox.url, token: sandbox.token } },
		};
		const first = await loadOptions(new Moodle(), 'searchReports', access);
		expect(first.results).toHaveLength(50);
		const second = await loadOptions(new Moodle(), 'searchReports', {
			...access,
			paginationToken: String(first.paginationToken),
		});
		expect(second.results[0].name).toBe('More 48');
		const found = await loadOptions(new Moodle(), 'searchReports', { ...access, filter: 'uber' });
		expect(found.results).toEqual([{ name: 'Über alles', value: String(wanted) }]);
	});
});
