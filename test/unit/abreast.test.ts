import { abreast } from '../../nodes/Moodle/lookup/abreast';
import { askedOnce } from '../../nodes/Moodle/moodle/memory';
import { READS } from '../../nodes/Moodle/moodle/reads';
import type { Read } from '../../nodes/Moodle/moodle/calls';
import { answering } from '../support/answering';

const look = READS.core_user_get_users;

const turns = async (count: number) => {
	for (let turn = 0; turn < count; turn++) await Promise.resolve();
};

/** A site on which each question takes as many turns as it says; those told to fail do so. */
function site() {
	const asked: string[] = [];
	const read = answering(async (_wsfunction, params) => {
		const { name, takes, fails } = params as { name: string; takes: number; fails?: boolean };
		asked.push(name);
		await turns(takes);
		if (fails) throw new Error(name);
		return [];
	});
	return { asked, read };
}
const ask = async (read: Read, name: string, takes: number, fails = false) =>
	void (await read(look, { name, takes, fails } as never));

test('all are asked side by side', async () => {
	const { asked, read } = site();
	await abreast(read, [
		async (watched) => {
			await ask(watched, 'a1', 20);
			await ask(watched, 'a2', 1);
		},
		async (watched) => await ask(watched, 'b', 1),
	]);
	expect(asked).toEqual(['a1', 'b', 'a2']);
});

test('after a failure the others ask nothing more, and what they have asked is waited for', async () => {
	const { asked, read } = site();
	let isOver = false;
	const run = abreast(read, [
		async (watched) => await ask(watched, 'a', 5, true),
		async (watched) => {
			await ask(watched, 'b1', 500);
			isOver = true;
			await ask(watched, 'b2', 1);
		},
	]);
	await expect(run).rejects.toThrow('a');
	expect(isOver).toBe(true);
	expect(asked).toEqual(['a', 'b1']);
});

test('the failure is told, also where one that was overtaken by it comes first', async () => {
	const { asked, read } = site();
	const addresses = async (watched: Read) =>
		void (await askedOnce(read.memory, 'addresses', async () => {
			await turns(30);
			await ask(watched, 'late', 1);
			return undefined as never;
		}));
	const run = abreast(read, [
		async (outer) =>
			await abreast(outer, [
				async (inner) => await ask(inner, 'a', 5, true),
				addresses,
				async (inner) => await ask(inner, 'long', 500),
			]),
		addresses,
	]);
	await expect(run).rejects.toThrow('a');
	expect(asked).toEqual(['a', 'long']);
	// Whoever asks next asks anew.
	expect(read.memory.addresses).toBeUndefined();
});
