/** What real sites (5.0 and 5.1) store otherwise than it was sent, so that it is not written again every night. */
import { changesOf as groupChanges } from '../../nodes/Moodle/actions/groupsAndGroupings/upserts';
import type { ResolvedUpsert } from '../../nodes/Moodle/actions/groupsAndGroupings/change';
import { changesOf as userChanges } from '../../nodes/Moodle/actions/user/compare';

test.each([
	['two  spaces', 'two spaces'],
	['line\nbreak', 'linebreak'],
	['&lt;b&gt; & < c', '&lt;b&gt; & c'],
])('the interest %j is stored as %j: no change', (interests, stored) => {
	expect(userChanges({ interests }, { interests: stored })).toBeUndefined();
	expect(userChanges({ interests }, { interests: 'another' })).toEqual({ interests });
});

test('the ID number of a group is stored without outer spaces: no change', () => {
	const input = (idnumber: string) =>
		({
			matchBy: 'name',
			courseId: 2,
			record: { name: 'A', idnumber },
		}) as unknown as ResolvedUpsert;
	expect(groupChanges(input(' N 1  '), { id: 1, name: 'A', idnumber: 'N 1' })).toEqual({});
	expect(groupChanges(input(' N 2 '), { id: 1, name: 'A', idnumber: 'N 1' })).toEqual({
		idnumber: ' N 2 ',
	});
});
