import { MoodleApi } from '../../../credentials/MoodleApi.credentials';
import { Moodle } from '../../../nodes/Moodle/Moodle.node';
import type { FlowReport, RunReport } from './report';
import { standInSite } from './site';
import { Stage } from './stage';
import type { SandboxOptions } from '../../sandbox';
import type { MoodleVersion } from '../../sandbox/types';

/** A stage on a stand-in of that version, with the node as it is in the sources. Close it in the end. */
export async function openStage(
	version: MoodleVersion,
	options?: Pick<SandboxOptions, 'account' | 'database'>,
): Promise<Stage & { close(): Promise<void>; said: string[] }> {
	const site = await standInSite(version, options);
	const said: string[] = [];
	const stage = new Stage(site, { node: new Moodle(), credential: new MoodleApi() }, (line) =>
		said.push(line),
	);
	return Object.assign(stage, { close: site.close, said });
}

/** Everything that a report says is wrong, with the check that says so. */
export function objections(report: FlowReport): string[] {
	return report.runs.flatMap(({ checks }, run) =>
		checks.flatMap(({ what, wrong }) => wrong.map((text) => `run ${run + 1}: ${what}: ${text}`)),
	);
}

/** A figure by its label; of several with the same label the one that is asked for. */
export function figure(run: RunReport, label: string, which = 0): number | undefined {
	return run.figures.filter(([name]) => name.trim() === label)[which]?.[1];
}
