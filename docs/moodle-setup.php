<?php
/**
 * Prepares a Moodle (4.1 or later) for n8n, in one command instead of eight steps in the browser:
 * web services and REST on, a role from role-preset.xml, an account, a service with the functions of
 * functions.txt, a token. Running it again adds what is new and keeps everything else, the token too.
 *
 * To be run on the server of the Moodle, as the user of the web server, from the folder "docs" of the package:
 *
 *   sudo -u www-data php moodle-setup.php --moodle=/var/www/moodle
 *
 * --moodle=FOLDER   where Moodle's config.php is
 * --name=NAME       name of account, role and service, by default n8n
 * --email=ADDRESS   address of the account, by default NAME@invalid.invalid (nothing is sent to it)
 */
define('CLI_SCRIPT', true);

$options = getopt('', ['moodle:', 'name:', 'email:']);
$folder = rtrim($options['moodle'] ?? '', '/');
$name = $options['name'] ?? 'n8n';
if ($folder === '' || !is_readable("$folder/config.php") || !preg_match('/^[a-z0-9]+$/', $name)) {
    fwrite(STDERR, "Usage: php moodle-setup.php --moodle=/folder/of/moodle [--name=n8n] [--email=someone@example.org]\n"
        . "The folder must hold a config.php that you may read; the name has small letters and digits only.\n");
    exit(2);
}
require("$folder/config.php");
require_once($CFG->dirroot . '/user/lib.php');
require_once($CFG->dirroot . '/webservice/lib.php');
require_once($CFG->libdir . '/externallib.php');
\core\session\manager::set_user(get_admin());
$system = context_system::instance();

function say(string $text): void {
    echo $text, "\n";
}

/** Web services and the REST protocol. */
function switch_on(): void {
    global $CFG;
    if (empty($CFG->enablewebservices)) {
        set_config('enablewebservices', 1);
        say('Web services switched on.');
    }
    $protocols = array_filter(explode(',', $CFG->webserviceprotocols ?? ''));
    if (!in_array('rest', $protocols)) {
        set_config('webserviceprotocols', implode(',', array_merge($protocols, ['rest'])));
        say('REST protocol switched on.');
    }
}

/** The role of the preset; capabilities that this Moodle does not know are left out. */
function prepare_role(string $name): int {
    global $DB, $system;
    $preset = core_role_preset::parse_preset(file_get_contents(__DIR__ . '/role-preset.xml'));
    if (!$preset) {
        fwrite(STDERR, "role-preset.xml beside this script cannot be read\n");
        exit(1);
    }
    $id = $DB->get_field('role', 'id', ['shortname' => $name]);
    if (!$id) {
        $id = create_role($preset['name'] . ($name === 'n8n' ? '' : " ($name)"), $name, $preset['description']);
        set_role_contextlevels($id, $preset['contextlevels']);
        say("Role '$name' made.");
    }
    $added = 0;
    foreach (array_keys($preset['permissions'], CAP_ALLOW) as $capability) {
        // What an administrator has decided about this role stays as it is.
        $isset = $DB->record_exists('role_capabilities', ['roleid' => $id, 'contextid' => $system->id, 'capability' => $capability]);
        if (!$isset && get_capability_info($capability)) {
            assign_capability($capability, CAP_ALLOW, $id, $system->id);
            $added++;
        }
    }
    foreach ($preset['allowassign'] as $other) {
        if (!$DB->record_exists('role_allow_assign', ['roleid' => $id, 'allowassign' => $other])) {
            core_role_set_assign_allowed($id, $other);
        }
    }
    foreach ($preset['allowview'] as $other) {
        if (!$DB->record_exists('role_allow_view', ['roleid' => $id, 'allowview' => $other])) {
            core_role_set_view_allowed($id, $other);
        }
    }
    say("Role '$name': $added permissions added.");
    return $id;
}

/** An account that works over web services only. */
function prepare_account(string $name, string $email, int $roleid): int {
    global $CFG, $DB, $system;
    $id = $DB->get_field('user', 'id', ['username' => $name, 'mnethostid' => $CFG->mnet_localhost_id, 'deleted' => 0]);
    if (!$id) {
        $id = user_create_user((object)['username' => $name, 'auth' => 'webservice', 'password' => bin2hex(random_bytes(24)) . 'aA-1',
            'firstname' => 'n8n', 'lastname' => 'integration', 'email' => $email, 'confirmed' => 1,
            'mnethostid' => $CFG->mnet_localhost_id], true, true);
        say("Account '$name' made.");
    }
    role_assign($roleid, $id, $system->id);
    return $id;
}

/** A service with all functions that this Moodle has, for authorised users only. */
function prepare_service(string $name, int $userid): stdClass {
    global $DB;
    $manager = new webservice();
    $service = $DB->get_record('external_services', ['shortname' => $name]);
    if (!$service) {
        $id = $manager->add_external_service((object)['name' => $name, 'shortname' => $name, 'enabled' => 1, 'requiredcapability' => '',
            'restrictedusers' => 1, 'component' => null, 'downloadfiles' => 1, 'uploadfiles' => 1]);
        $service = $DB->get_record('external_services', ['id' => $id], '*', MUST_EXIST);
        say("Service '$name' made.");
    }
    $added = 0;
    $missing = [];
    foreach (preg_split('/[\s,]+/', file_get_contents(__DIR__ . '/functions.txt'), -1, PREG_SPLIT_NO_EMPTY) as $function) {
        if (!$DB->record_exists('external_functions', ['name' => $function])) {
            $missing[] = $function;
        } else if (!$manager->service_function_exists($function, $service->id)) {
            $manager->add_external_function_to_service($function, $service->id);
            $added++;
        }
    }
    say("Service '$name': $added functions added." . ($missing ? ' Not in this version of Moodle: ' . implode(', ', $missing) . '.' : ''));
    if (!$DB->record_exists('external_services_users', ['externalserviceid' => $service->id, 'userid' => $userid])) {
        $manager->add_ws_authorised_user((object)['externalserviceid' => $service->id, 'userid' => $userid]);
    }
    return $service;
}

function prepare_token(stdClass $service, int $userid): string {
    global $DB, $system;
    $token = $DB->get_field('external_tokens', 'token', ['externalserviceid' => $service->id, 'userid' => $userid, 'tokentype' => EXTERNAL_TOKEN_PERMANENT], IGNORE_MULTIPLE);
    if ($token) {
        return $token;
    }
    if (method_exists('\core_external\util', 'generate_token')) {
        return \core_external\util::generate_token(EXTERNAL_TOKEN_PERMANENT, $service, $userid, $system);
    }
    return external_generate_token(EXTERNAL_TOKEN_PERMANENT, $service, $userid, $system);
}

switch_on();
$roleid = prepare_role($name);
$userid = prepare_account($name, $options['email'] ?? "$name@invalid.invalid", $roleid);
$token = prepare_token(prepare_service($name, $userid), $userid);
accesslib_clear_all_caches(true);
say('');
say("Site URL: {$CFG->wwwroot}");
say("Token:    $token");
