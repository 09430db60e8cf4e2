// After the build: does dist load in an n8n that offers nothing but n8n-workflow? Every class that package.json lists is
// required and constructed the way n8n does it, while files of dist may ask only for n8n-workflow, Node's own modules
// and each other. n8n does this at every start: what only a run needs must not be loaded by it. Also checks what n8n
// reads without loading code: icons, codex files, what npm would publish.
// Usage: node scripts/check-dist.cjs [package root]
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const { existsSync, readFileSync, readdirSync, statSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const root = path.resolve(process.argv[2] ?? path.join(__dirname, '..'));
const dist = path.join(root, 'dist');
const real = Module._resolveFilename;
const asked = new Set();
Module._resolveFilename = function (request, parent, ...rest) {
	const ours = parent?.filename?.startsWith(dist + path.sep);
	if (ours && !Module.isBuiltin(request)) {
		if (request.startsWith('.')) {
			const found = real.call(this, request, parent, ...rest);
			if (!found.startsWith(dist + path.sep))
				throw new Error(`${parent.filename} asks for ${request}, outside dist`);
			return found;
		}
		if (request !== 'n8n-workflow') throw new Error(`${parent.filename} asks for ${request}`);
	}
	if (ours) asked.add(request.startsWith('.') ? './' : request);
	return real.call(this, request, parent, ...rest);
};

const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const { n8n } = manifest;
require('n8n-workflow'); // n8n has it loaded long before
const inUse = () => {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
};
const from = inUse();
const instances = [...n8n.credentials, ...n8n.nodes].map((file) => {
	const name = path.basename(file).split('.')[0];
	const Class = require(path.join(root, file))[name];
	assert(Class, `${file} has no class ${name}`);
	return { file, name, instance: new Class() };
});
const milliseconds = inUse() - from;
const atStart = Object.keys(require.cache).filter((file) => file.startsWith(dist + path.sep));
const moodle = path.join(dist, 'nodes', 'Moodle');
for (const part of [
	'run/execute',
	'run/poll',
	'run/pickers',
	'actions/registry',
	'events/registry',
])
	assert(
		!atStart.includes(path.join(moodle, `${part}.js`)),
		`${part} is loaded before it is needed`,
	);

const loaded = [];
for (const { file, name, instance } of instances) {
	const full = path.join(root, file);
	const icon = instance.icon ?? instance.description?.icon;
	for (const part of typeof icon === 'object' ? Object.values(icon) : [icon]) {
		assert(String(part).startsWith('file:'), `${name}: no icon file`);
		const target = path.resolve(path.dirname(full), String(part).slice('file:'.length));
		assert(existsSync(target) && target.startsWith(dist), `${name}: icon ${part} is not in dist`);
	}
	if (n8n.nodes.includes(file)) {
		const codex = JSON.parse(readFileSync(`${full}on`, 'utf8'));
		assert(codex.resources, `${file}on has no 'resources': n8n would drop the whole codex`);
		assert.strictEqual(codex.node, `${manifest.name}.${instance.description.name}`);
	}
	loaded.push(name);
}

// every other file of dist loads as well (n8n needs only the listed ones, a wrong import elsewhere is still a fault)
const files = (dir) =>
	readdirSync(dir).flatMap((name) => {
		const full = path.join(dir, name);
		return statSync(full).isDirectory() ? files(full) : [full];
	});
const scripts = files(dist).filter((file) => file.endsWith('.js'));
for (const file of scripts) require(file);

// what the build wrote down is what the operations and events say
const asJson = (value) => JSON.parse(JSON.stringify(value));
for (const [folder, list] of [
	['actions', 'operations'],
	['events', 'events'],
]) {
	const { propertiesOf } = require(path.join(moodle, folder, 'description.js'));
	const entries = require(path.join(moodle, folder, 'registry.js'))[list];
	const { form } = require(path.join(moodle, folder, 'form.js'));
	assert.deepStrictEqual(form.properties, asJson(propertiesOf(entries)), `${folder}/form.json`);
}

const packed = JSON.parse(
	execFileSync('npm', ['pack', '--json', '--dry-run', '--ignore-scripts'], {
		cwd: root,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	}),
);
const [pack] = Array.isArray(packed) ? packed : Object.values(packed);
const published = pack.files.map((file) => file.path);
const expected = /^(dist\/.*|package\.json|index\.js|README\.md|LICENSE\.md|CHANGELOG\.md)$/;
const foreign = published.filter(
	(file) => !expected.test(file) || /\.(test|spec)\.|\.tsbuildinfo$/.test(file),
);
assert.deepStrictEqual(foreign, [], 'these files would be published by mistake');

console.log(
	`dist loads: ${loaded.join(', ')} in ${milliseconds.toFixed(0)} ms of the processor, ${atStart.length} files; ` +
		`${scripts.length} scripts, asking only for ${[...asked].sort().join(' ')}; ` +
		`${published.length} files, ${Math.round(pack.size / 1024)} kB packed, ${Math.round(pack.unpackedSize / 1024)} kB unpacked`,
);
