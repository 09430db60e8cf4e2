<?php
// Says how a Moodle declares its web service functions, in the form of facts/functions/VERSION.json. Changes nothing.
// Run it as the user of the web server, on the machine of a test site, and keep what it prints:
//   php record.php /path/to/moodle > 5.1.json
define('CLI_SCRIPT', true);
[, $folder] = $argv;
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

// What the plugin's db/services.php says, as a list.
function capabilities($text) {
	return array_values(array_filter(array_map('trim', explode(',', (string) $text))));
}

function line($value) {
	return json_encode($value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
}

$names = $DB->get_fieldset_sql('SELECT name FROM {external_functions}');
sort($names);
$lines = [];
foreach ($names as $name) {
	$info = external_api::external_function_info($name);
	$about = [
		'write' => $info->type === 'write',
		'capabilities' => capabilities($info->capabilities),
		'params' => described($info->parameters_desc),
		'returns' => described($info->returns_desc),
	];
	$lines[] = line($name) . ':' . line($about);
}
echo '{"release":' . line($CFG->release) . ',"version":' . line((string) $CFG->version) . ",\n";
echo '"names":' . line($names) . ",\n\"functions\":{\n" . implode(",\n", $lines) . "\n}}\n";
