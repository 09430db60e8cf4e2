/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-dangerous-functions */
/** The package as users install it. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ICredentialType, INodeType } from 'n8n-workflow';
import type { Package } from '../../test/flows/support/stage';

/** `npm run build`; says itself what is wrong. */
export function buildPackage(): boolean {
	const shell = process.platform === 'win32';
	return spawnSync('npm', ['run', 'build'], { stdio: 'inherit', shell }).status === 0;
}

/** The package as `npm run build` made it, which is what users install. */
export function builtPackage(): Package {
	const load = createRequire(join(__dirname, 'package.ts'));
	const { Moodle } = load('../../dist/nodes/Moodle/Moodle.node.js') as {
		Moodle: new () => INodeType;
	};
	const { MoodleApi } = load('../../dist/credentials/MoodleApi.credentials.js') as {
		MoodleApi: new () => ICredentialType;
	};
	return { node: new Moodle(), credential: new MoodleApi() };
}
