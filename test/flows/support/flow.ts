import type { FlowReport, RunReport } from './report';
import type { Stage } from './stage';

/** What a flow is asked to do. */
export interface FlowOptions {
	/** How many contacts a generated list holds. */
	contacts: number;
	/** Run twice and check that the second run creates nothing. */
	twice: boolean;
}

/** An example workflow with its data and its checks. One file a flow in `flows/`, listed in `flows/index.ts`. */
export interface Flow {
	/** As on the command line; its workflow is `examples/<name>.json`. */
	name: string;
	/** What it does, in a few words. */
	title: string;
	/**
	 * Prepares the site, runs the workflow, and checks what came of it.
	 * @throws Refused when the site refuses everything
	 */
	run(stage: Stage, options: FlowOptions): Promise<FlowReport>;
}

/** Runs a flow once or twice, and says so. */
export async function onceOrTwice(
	stage: Stage,
	{ twice }: FlowOptions,
	run: (number: number) => Promise<RunReport>,
): Promise<RunReport[]> {
	const runs: RunReport[] = [];
	for (let number = 1; number <= (twice ? 2 : 1); number++) {
		stage.say(number === 1 ? 'run' : 'run again');
		runs.push(await run(number));
	}
	return runs;
}
