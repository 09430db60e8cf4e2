// Tests run the TypeScript sources through ts-jest, without type checking (that is `npm run typecheck`).
module.exports = {
	testEnvironment: 'node',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	setupFiles: ['<rootDir>/test/support/env.js'],
	setupFilesAfterEnv: ['<rootDir>/test/support/forgetSites.ts'],
	maxWorkers: 2,
	testTimeout: 30_000,
	transform: {
		'^.+\\.ts$': [
			'ts-jest',
			{
				diagnostics: false,
				tsconfig: {
					module: 'commonjs',
					target: 'es2021',
					esModuleInterop: true,
					isolatedModules: true,
					resolveJsonModule: true,
					experimentalDecorators: true,
					emitDecoratorMetadata: true,
				},
			},
		],
	},
};
