<?php
// Says how a Moodle declares its web service functions, in the form of facts/functions/VERSION.json. Changes nothing.
// Run it as the user of the web server, on the machine of a test site, and keep what it prints:
//   php record.php /path/to/moodle 5.1.json core_badges_get_badge > 5.1.json.new
// 5.1.json: which functions to describe (those that it describes already); then any others.
// With --all instead of a file, every function is described.
define('CLI_SCRIPT', true);
[, $folder, $file] = $argv;
$wanted = $file === '--all' ? null : array_keys(json_decode(file_get_contents($file), true)['functions']);
require("$folder/config.php");
require_once("$CFG->libdir/externallib.php");

function described($node) {
	if ($node === null) {
		return null;
	}
	$told = [];
	if ($node instanceof external_single_structure) {
		$told['keys'] = (object) array_map('described', $node->keys);
	} else if ($node instanceof external_multiple_structure) {
		$told['items'] = described($node->content);
	} else {
		$told['type'] = $node->type;
	}
	if ($node->required != VALUE_REQUIRED) {
		$told['required'] = $node->required;
	}
	if (isset($node->default)) {
		$told['default'] = $node->default;
	}
	if ($node instanceof external_value && !$node->allownull) {
		$told['allownull'] = false;
	}
	return $told;
}

function line($value) {
	return json_encode($value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
}

$names = $DB->get_fieldset_sql('SELECT name FROM {external_functions}');
sort($names);
$wanted = $wanted === null ? $names : array_merge($wanted, array_slice($argv, 3));
sort($wanted);
$lines = [];
foreach (array_unique(array_intersect($wanted, $names)) as $name) {
	$info = external_api::external_function_info($name);
	$about = [
		'write' => $info->type === 'write',
		'params' => described($info->parameters_desc),
		'returns' => described($info->returns_desc),
	];
	$lines[] = line($name) . ':' . line($about);
}
echo '{"release":' . line($CFG->release) . ',"version":' . line((string) $CFG->version) . ",\n";
echo '"names":' . line($names) . ",\n\"functions\":{\n" . implode(",\n", $lines) . "\n}}\n";
