import type { Sandbox } from '../sandbox';
import { addUser, enrol } from '../sandbox/builders';
import { addBiology } from '../support/biology';
import { by, nodeOn, onStandIn, split } from '../support/node';

let sandbox: Sandbox;
let ada: number;
let stranger: number;
let teacher: number;
let course: number;
onStandIn((standIn) => (sandbox = standIn));
beforeEach(() => {
	const { site } = sandbox;
	({ course, ada, eve: stranger } = addBiology(site));
	teacher = addUser(site, { username: 'tom' }).id;
	enrol(site, course, [teacher], 3);
	const about = { course, framework: 'Sports' };
	site.competencies.insert({ ...about, shortname: 'Swims', idnumber: 'S-1', grades: { [ada]: 2 } });
	site.competencies.insert({ ...about, shortname: 'Runs', idnumber: 'S-2', grades: {} });
});

const competency = nodeOn('competency', () => sandbox);

test('getUserCompetencies: graded and not; people without marks are told as such', async () => {
	const asked = { courseId: by('shortname', 'BIO'), userId: by('id', '={{ $json.user }}') };
	const users = [ada, stranger, teacher].map((user) => ({ user }));
	const { json, errors } = await competency('getUserCompetencies', asked, users, split);
	expect(json).toMatchObject([
		{
			courseid: course,
			userid: ada,
			name: 'Swims',
			framework: 'Sports',
			proficient: true,
			grade: 2,
			gradename: 'B',
		},
		{ name: 'Runs', idnumber: 'S-2', proficient: null, grade: null, gradename: null },
	]);
	expect(errors).toEqual([
		expect.stringMatching(/takes no part in the course/),
		expect.stringMatching(/gives no competencies.*receives competency marks/),
	]);
});
