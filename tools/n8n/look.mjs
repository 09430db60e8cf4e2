// What people do with the node in n8n's editor, done in a real browser: each step is a check, some give a picture.
import assert from 'node:assert/strict';
import { openBrowser } from './browser.mjs';
import { TYPE, manualTrigger } from './n8n.mjs';

const id = (name) => `[data-test-id="${name}"]`;
const nodeNamed = (page, name) => page.locator(`${id('canvas-node')}[data-node-name="${name}"]`);

/** n8n's own notices, which come once and would stand in the picture. */
async function dismiss(page) {
	for (const name of ['Got it', 'Skip'])
		await page
			.getByRole('button', { name, exact: true })
			.first()
			.click({ timeout: 400 })
			.catch(() => undefined);
}

/** Opens a workflow and waits until its nodes are there. */
async function openFlow(page, address, flow) {
	await page.goto(`${address}/workflow/${flow}`);
	await page.locator(id('canvas-node')).first().waitFor();
	await dismiss(page);
	await page.waitForTimeout(1200);
}

/** Opens the panel of a node. */
async function openNode(page, name) {
	await nodeNamed(page, name).dblclick();
	await page.locator(id('ndv')).first().waitFor();
	await page.waitForTimeout(1500);
}

async function closeNode(page) {
	for (let turn = 0; turn < 4 && (await page.locator(id('ndv')).first().isVisible()); turn++) {
		await page.keyboard.press('Escape');
		await page.waitForTimeout(400);
	}
}

/** Waits until n8n's passing notices are gone. */
const quiet = async (page) =>
	await page.locator('.el-notification').first().waitFor({ state: 'hidden', timeout: 15_000 });

/** Runs the open workflow to its end. */
async function run(page) {
	await page.locator(id('execute-workflow-button')).click();
	await page.getByText('Workflow executed successfully').first().waitFor({ timeout: 60_000 });
	await quiet(page);
}

/** A workflow with nodes that are not filled in yet. */
function unfinished(credential) {
	const names = ['Get Members', 'Get Course', 'Enrol Student', 'Call Function'];
	const what = [
		{ resource: 'group', operation: 'getMembers' },
		{ resource: 'course', operation: 'get' },
		{ resource: 'enrolment', operation: 'enrol' },
		{ resource: 'webService', operation: 'callFunction' },
	];
	const nodes = names.map((name, index) => ({
		id: name,
		name,
		type: TYPE,
		typeVersion: 1,
		position: [220 * (index + 1), 0],
		parameters: { ...what[index], options: {} },
		credentials: { moodleApi: credential },
	}));
	const chain = ['Start', ...names];
	const trigger = {
		id: 'Cohort',
		name: 'Cohort Member Added',
		type: `${TYPE}Trigger`,
		typeVersion: 1,
		position: [0, 220],
		parameters: { event: 'cohortMemberAdded', options: {} },
		credentials: { moodleApi: credential },
	};
	const connections = Object.fromEntries(
		names.map((name, index) => [
			chain[index],
			{ main: [[{ node: name, type: 'main', index: 0 }]] },
		]),
	);
	return {
		name: 'First steps',
		nodes: [manualTrigger(), ...nodes, trigger],
		connections,
		settings: { executionOrder: 'v1' },
	};
}

/** Types into the list of a locator; what it offers. */
async function typeInto(page, locator, text) {
	await page
		.locator(`${id(`resource-locator-${locator}`)} input`)
		.last()
		.click();
	await page.locator(id('rlc-search')).locator('visible=true').waitFor();
	await page.keyboard.type(text);
	await page.waitForTimeout(2000);
	return await page.locator(id('rlc-item')).locator('visible=true').allTextContents();
}

/** How many events the trigger has, and how many operations the node, by what n8n itself hands out. */
async function offered(api) {
	const { json } = await api.rest('GET', '/types/nodes.json');
	const choices = (type, name) =>
		json
			.find((one) => one.name === type)
			.properties.filter((property) => property.name === name)
			.flatMap(({ options }) => options);
	return {
		events: choices(`${TYPE}Trigger`, 'event').length,
		operations: choices(TYPE, 'operation').length,
	};
}

async function finding({ page, address, api }, check, picture) {
	await page.goto(`${address}/workflow/new`);
	await page
		.locator(id('node-creator-plus-button'))
		.or(page.getByText('Add first step'))
		.first()
		.waitFor();
	await page.waitForTimeout(1500);
	await dismiss(page);
	await page.keyboard.press('n');
	const search = page
		.locator(`${id('node-creator-search-bar')} input, input[placeholder^="Search nodes"]`)
		.first();
	await search.waitFor();
	for (const word of ['moodle', 'lms', 'enrol'])
		await check(`found by "${word}"`, async () => {
			await search.fill(word);
			const item = page.locator(id('node-creator-item-name')).filter({ hasText: /^Moodle$/ });
			await item.first().waitFor({ timeout: 5000 });
			const names = await page.locator(id('node-creator-item-name')).allTextContents();
			return `${names.indexOf('Moodle') + 1}. of ${names.length}`;
		});
	await search.fill('moodle');
	await page.waitForTimeout(800);
	await picture('find', { x: 880, y: 66, width: 400, height: 330 });
	await check(
		'the search leads to the events of the trigger and the operations of the node',
		async () => {
			await page
				.locator(id('node-creator-item-name'))
				.filter({ hasText: /^Moodle$/ })
				.first()
				.click();
			const { events, operations } = await offered(api);
			for (const group of [`Triggers (${events})`, `Actions (${operations})`])
				await page.getByText(group, { exact: true }).first().waitFor();
			await page.getByText('On course completed', { exact: true }).first().waitFor();
			return `${events} events, ${operations} operations`;
		},
	);
	await page.waitForTimeout(800);
	await picture('find-event', { x: 880, y: 66, width: 400, height: 544 });
}

async function credentials({ page, address, site }, check, picture) {
	const wrong = 'f'.repeat(32);
	await page.goto(`${address}/home/credentials`);
	await page
		.locator(id('add-resource-credential'))
		.or(page.getByRole('button', { name: 'Create credential' }))
		.first()
		.click();
	await page
		.getByPlaceholder('Search for app...')
		.or(page.locator('.el-dialog input'))
		.first()
		.fill('moodle');
	await page.getByText('Moodle API', { exact: true }).first().click();
	await page.getByRole('button', { name: 'Continue' }).click();
	const field = (name) => page.locator(`${id(`parameter-input-${name}`)} input`).first();
	await field('siteUrl').waitFor();
	const save = () => page.getByRole('button', { name: 'Save', exact: true }).click();
	await check('a wrong token is told at once', async () => {
		await field('siteUrl').fill(site.url);
		await field('token').fill(wrong);
		await save();
		await page.getByText('More details').first().click();
		await page.getByText('Moodle does not know the token').first().waitFor();
	});
	await page.waitForTimeout(800);
	await quiet(page);
	await picture('credential-wrong', { x: 192, y: 76, width: 896, height: 560 });
	await check('the right token connects', async () => {
		await field('token').fill(site.token);
		await save();
		await page.getByText('Connection tested successfully').first().waitFor();
	});
	await page.waitForTimeout(800);
	await quiet(page);
	await picture('credential', { x: 192, y: 76, width: 896, height: 522 });
	await page.keyboard.press('Escape');
	return [wrong];
}

async function fields({ page, address, flow }, check, picture) {
	await openFlow(page, address, flow);
	await openNode(page, 'Get Members');
	await check('a group without a course says what is missing', async () => {
		await page
			.locator(`${id('resource-locator-groupId')} input`)
			.last()
			.click();
		await page.getByText('Choose the course first').first().waitFor();
		await page.keyboard.press('Escape');
	});
	await check('a course is found by typing', async () => {
		const found = await typeInto(page, 'courseId', 'project');
		assert.deepEqual(
			found.map((text) => text.trim()),
			['Introduction to Project Management (PM-101)'],
		);
	});
	await picture('course-by-typing', { x: 430, y: 66, width: 422, height: 420 });
	await page.locator(id('rlc-item')).locator('visible=true').first().click();
	await check('the groups are those of the course', async () => {
		const found = await typeInto(page, 'groupId', '');
		assert.deepEqual(found.map((text) => text.trim()).sort(), ['Mondays', 'Thursdays']);
	});
	await picture('groups-of-the-course', { x: 430, y: 66, width: 422, height: 520 });
	await closeNode(page);
	await openNode(page, 'Enrol Student');
	await check('the fields of the node before are shown before it runs', async () => {
		await page.getByText('Usually outputs the following fields').first().waitFor();
		await page.getByText('shortname', { exact: true }).first().waitFor();
	});
	await check('no label of a locator is cut', async () => {
		const labels = await page
			.locator(`${id('rlc-mode-selector')} input`)
			.evaluateAll((inputs) =>
				inputs.map((input) => ({ cut: input.scrollWidth > input.clientWidth, is: input.value })),
			);
		assert(labels.length >= 3, `${labels.length} locators`);
		assert.deepEqual(
			labels.filter(({ cut }) => cut),
			[],
		);
		return labels.map(({ is }) => is).join(', ');
	});
	await picture('schema-preview', { x: 25, y: 66, width: 830, height: 600 });
	await closeNode(page);
}

/** The form of the trigger, and the one that follows from a function. */
async function forms({ page, address, flow }, check, picture) {
	await openFlow(page, address, flow);
	await openNode(page, 'Cohort Member Added');
	await check('the fields of the trigger follow its event', async () => {
		await page.locator(id('resource-locator-cohortId')).first().waitFor();
		assert.equal(await page.locator(id('resource-locator-courseId')).count(), 0);
	});
	await check('a cohort is found by typing', async () => {
		const found = await typeInto(page, 'cohortId', 'appr');
		assert.deepEqual(
			found.map((text) => text.trim()),
			['Apprentices 2026 (apprentices-2026)'],
		);
		await page.locator(id('rlc-item')).locator('visible=true').first().click();
	});
	await page.waitForTimeout(600);
	await picture('trigger', { x: 430, y: 66, width: 422, height: 600 });
	await closeNode(page);
	await openNode(page, 'Call Function');
	await check('the fields of a call follow its function', async () => {
		const found = await typeInto(page, 'functionName', 'core_calendar_create_calendar_events');
		assert.equal(found.length, 1);
		await page.locator(id('rlc-item')).locator('visible=true').first().click();
		await page
			.getByText(/^events \(list\)/)
			.first()
			.waitFor();
	});
	await page.waitForTimeout(1500);
	await picture('call-function', { x: 430, y: 66, width: 422, height: 640 });
	await closeNode(page);
}

async function contacts({ page, address, flows }, check, picture) {
	await openFlow(page, address, flows.get('Moodle: members from a CRM (DS Enroll)'));
	await check('the first example runs', () => run(page));
	await picture('workflow');
	await openNode(page, 'Create or Update User');
	await check('success and failure have a branch each', async () => {
		await page.getByText('Success Branch (3 items)').first().waitFor();
		await page.getByText('Error Branch (1 item)').first().click();
		await page.getByText("'Last Name' is empty").first().waitFor();
	});
	await closeNode(page);
	await openNode(page, 'Not Done');
	await check('the reason is there for the nodes after it', async () => {
		await page.getByText("'Last Name' is empty").last().waitFor();
	});
	await picture('error-item', { x: 431, y: 66, width: 824, height: 420 });
	await closeNode(page);
}

/** The canvas in the colours that were asked for, with the icon that is made for them. */
async function colours({ page, address, flows }, theme, check) {
	await openFlow(page, address, flows.get('Moodle: members from a CRM (DS Enroll)'));
	await check(`the ${theme} icon on a ${theme} canvas`, async () => {
		const icon = nodeNamed(page, 'Create or Update User').locator('img').first();
		assert.match(
			await icon.getAttribute('src'),
			theme === 'dark' ? /moodle\.dark\.svg/ : /moodle\.svg/,
		);
		// the texts are dark on light, and light on dark
		const brightness = await nodeNamed(page, 'Create or Update User').evaluate((node) => {
			const pen = document.createElement('canvas').getContext('2d');
			pen.fillStyle = getComputedStyle(node).color;
			pen.fillRect(0, 0, 1, 1);
			return Math.max(...pen.getImageData(0, 0, 1, 1).data.slice(0, 3));
		});
		assert(theme === 'dark' ? brightness > 150 : brightness < 100, `brightness ${brightness}`);
	});
}

/**
 * Does all of it.
 * @param stage what `openStage` gives
 * @param check `(what, body) => Promise`: runs a check and keeps the score
 * @param picture `(name, page, area?) => Promise`: takes a picture
 * @param theme `light` or `dark`
 * @returns texts that must come up nowhere afterwards
 */
export async function look(stage, check, picture, theme = 'light') {
	const { address } = stage.server;
	const flow = await stage.api.workflow(unfinished(stage.credential));
	const { page, close } = await openBrowser(address, { theme, width: 1280, height: 760 });
	const part = { ...stage, page, address, flow };
	const shot = (name, area) => picture(named(name, theme), page, area);
	try {
		await finding(part, check, shot);
		const secrets = await credentials(part, check, shot);
		await fields(part, check, shot);
		await forms(part, check, shot);
		await colours(part, theme, check);
		await contacts(part, check, shot);
		return secrets;
	} finally {
		await close();
	}
}

/** Only the colours, for whoever has done the rest in light ones. */
export async function lookInTheDark(stage, check) {
	const { address } = stage.server;
	const { page, close } = await openBrowser(address, { theme: 'dark', width: 1280, height: 760 });
	try {
		await colours({ ...stage, page, address }, 'dark', check);
	} finally {
		await close();
	}
}

const named = (name, theme) => (theme === 'dark' ? `${name}-dark` : name);

/** Recipes: file of the picture, name of the workflow, whether it is run beforehand. */
const RECIPES = [
	['recipe-contacts', 'Moodle: members from a CRM (DS Enroll)', false],
	['recipe-bookings', 'Moodle: courses and bookings (accessplanit)', false],
	['recipe-nightly', 'Moodle: nightly sync of a staff list', true],
	['recipe-completion', 'Moodle: who completed a course, told to a CRM', false],
	['recipe-report', 'Moodle: a custom report as a spreadsheet', true],
	['recipe-assistant', 'Moodle: an assistant that answers from Moodle', false],
];

/** Nothing but the workflow: no buttons, no grid. */
const BARE =
	'body * { visibility: hidden !important } ' +
	'.vue-flow__viewport, .vue-flow__viewport * { visibility: visible !important } ' +
	'[data-test-id="canvas-handle-plus-wrapper"], [data-test-id="canvas-handle-plus-wrapper"] *, ' +
	'[data-test-id="canvas-node-toolbar"], [data-test-id="canvas-node-toolbar"] * { visibility: hidden !important }';

/** The part of the window that the nodes and their names take. */
async function extent(page) {
	const boxes = await page.locator('.vue-flow__node').evaluateAll((nodes) =>
		nodes.flatMap((node) =>
			[node, ...node.querySelectorAll('*')].flatMap((part) => {
				const { left, top, right, bottom } = part.getBoundingClientRect();
				const seen =
					right > left && bottom > top && getComputedStyle(part).visibility === 'visible';
				return seen ? [[left, top, right, bottom]] : [];
			}),
		),
	);
	const side = (index, pick) => pick(...boxes.map((box) => box[index]));
	const [x, y] = [side(0, Math.min) - 20, side(1, Math.min) - 20];
	return { x, y, width: side(2, Math.max) + 20 - x, height: side(3, Math.max) + 20 - y };
}

/** A picture of each recipe's workflow. */
export async function lookAtRecipes(stage, check, picture, theme = 'light') {
	const { address } = stage.server;
	const { page, close } = await openBrowser(address, { theme, width: 1280, height: 860 });
	try {
		for (const [name, flow, runs] of RECIPES) {
			await openFlow(page, address, stage.flows.get(flow));
			if (runs) await check(`${flow}: runs`, () => run(page));
			await page.keyboard.press('1');
			await page.waitForTimeout(1200);
			await page.addStyleTag({ content: BARE });
			await picture(named(name, theme), page, await extent(page));
		}
	} finally {
		await close();
	}
}
