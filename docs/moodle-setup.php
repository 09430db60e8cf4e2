<?php
/**
 * Sets a Moodle up for n8n (package n8n-nodes-moodle-lms, MIT licence), on the server of that Moodle:
 *
 *     sudo -u www-data php moodle-setup.php --use=onboarding,reporting
 *
 * Switches web services and REST on, makes a role, an account and a service with exactly what the chosen uses need, and
 * prints a token: on standard output, once. What it did stands on standard error. Run again, it changes nothing that is
 * right. For Moodle 4.1 to 5.1; --help tells the rest.
 */

if (PHP_SAPI !== 'cli') {
    exit('Run this file on the command line.');
}
define('CLI_SCRIPT', true);

/** Something that only the reader of its message can mend. */
final class n8n_setup_problem extends Exception {
}

final class n8n_setup {
    // What each use needs. Written by `npm run generate` from the operations of the node.
    // generated: begin
    const USES = [
        'onboarding' => [
            'name' => 'Onboarding',
            'about' => 'People become users and members of cohorts',
            'functions' => '
                core_cohort_add_cohort_members core_cohort_delete_cohort_members core_cohort_get_cohort_members
                core_cohort_get_cohorts core_cohort_search_cohorts core_user_create_users core_user_get_users
                core_user_get_users_by_field core_user_update_users core_webservice_get_site_info
                core_enrol_get_enrolled_users core_user_search_identity
            ',
            'capabilities' => '
                moodle/cohort:assign moodle/cohort:view moodle/course:view moodle/course:viewhiddencourses
                moodle/site:viewfullnames moodle/site:viewparticipants moodle/site:viewuseridentity
                moodle/user:create moodle/user:update moodle/user:viewalldetails moodle/user:viewdetails
                moodle/user:viewhiddendetails webservice/rest:use
            ',
            'assign' => '',
            'view' => '
                manager coursecreator editingteacher teacher student
            ',
            'settings' => '',
        ],
        'enrolment' => [
            'name' => 'Enrolment',
            'about' => 'Users get places in courses, and give them back',
            'functions' => '
                core_course_get_courses core_course_get_courses_by_field core_enrol_get_enrolled_users
                core_group_get_course_groups core_group_get_course_user_groups core_role_assign_roles
                core_user_get_course_user_profiles core_user_get_users_by_field core_webservice_get_site_info
                enrol_manual_enrol_users enrol_manual_unenrol_users core_course_search_courses core_user_get_users
                core_user_search_identity
            ',
            'capabilities' => '
                enrol/manual:enrol enrol/manual:unenrol moodle/course:enrolreview moodle/course:managegroups
                moodle/course:update moodle/course:view moodle/course:viewhiddencourses
                moodle/course:viewhiddengroups moodle/course:viewhiddenuserfields moodle/course:viewparticipants
                moodle/role:assign moodle/role:review moodle/site:accessallgroups moodle/site:viewfullnames
                moodle/site:viewparticipants moodle/site:viewuseridentity moodle/user:viewalldetails
                moodle/user:viewdetails moodle/user:viewhiddendetails webservice/rest:use
            ',
            'assign' => '
                editingteacher teacher student
            ',
            'view' => '
                manager coursecreator editingteacher teacher student
            ',
            'settings' => '',
        ],
        'reporting' => [
            'name' => 'Grades Back',
            'about' => 'Final grades and completion of courses go back to another system',
            'functions' => '
                core_completion_get_course_completion_status core_course_get_courses
                core_course_get_courses_by_field core_user_get_users_by_field core_webservice_get_site_info
                gradereport_overview_get_course_grades core_course_search_courses core_enrol_get_enrolled_users
                core_user_get_users core_user_search_identity
            ',
            'capabilities' => '
                moodle/course:update moodle/course:view moodle/course:viewhiddencourses moodle/grade:viewall
                moodle/site:viewparticipants moodle/site:viewuseridentity moodle/user:viewalldetails
                moodle/user:viewdetails report/completion:view webservice/rest:use
            ',
            'assign' => '',
            'view' => '
                manager coursecreator editingteacher teacher student
            ',
            'settings' => '',
        ],
        'events' => [
            'name' => 'Events',
            'about' => 'What happens in Moodle starts workflows',
            'functions' => '
                core_cohort_get_cohort_members core_cohort_search_cohorts
                core_completion_get_activities_completion_status core_completion_get_course_completion_status
                core_course_get_categories core_course_get_course_module core_course_get_courses
                core_course_get_courses_by_field core_enrol_get_enrolled_users core_reportbuilder_retrieve_report
                core_user_get_course_user_profiles core_user_get_users_by_field core_webservice_get_site_info
                gradereport_user_get_grade_items mod_assign_get_assignments mod_assign_get_submissions
                mod_forum_get_discussion_posts mod_forum_get_forum_discussions core_course_search_courses
            ',
            'capabilities' => '
                gradereport/user:view mod/assign:view mod/assign:viewgrades mod/bigbluebuttonbn:view mod/chat:view
                mod/choice:view mod/data:view mod/feedback:view mod/folder:view mod/forum:viewdiscussion
                mod/glossary:view mod/h5pactivity:view mod/imscp:view mod/label:view mod/lesson:view mod/lti:view
                mod/page:view mod/quiz:view mod/resource:view mod/url:view mod/workshop:view
                moodle/category:viewhiddencategories moodle/cohort:view moodle/course:enrolreview
                moodle/course:update moodle/course:view moodle/course:viewhiddencourses
                moodle/course:viewhiddenuserfields moodle/course:viewparticipants moodle/course:viewsuspendedusers
                moodle/grade:viewall moodle/reportbuilder:view moodle/reportbuilder:viewall moodle/role:review
                moodle/site:accessallgroups moodle/site:viewfullnames moodle/site:viewparticipants
                moodle/site:viewuseridentity moodle/user:viewalldetails moodle/user:viewdetails
                moodle/user:viewhiddendetails report/completion:view report/progress:view webservice/rest:use
            ',
            'assign' => '',
            'view' => '
                manager coursecreator editingteacher teacher student
            ',
            'settings' => '',
        ],
        'reading' => [
            'name' => 'Reading Only',
            'about' => 'Everything that changes nothing, for example for AI agents',
            'functions' => '
                core_badges_get_user_badges core_calendar_get_calendar_events core_cohort_get_cohort_members
                core_cohort_get_cohorts core_cohort_search_cohorts core_completion_get_activities_completion_status
                core_completion_get_course_completion_status core_course_get_categories core_course_get_contents
                core_course_get_course_module core_course_get_courses core_course_get_courses_by_field
                core_course_search_courses core_enrol_get_course_enrolment_methods core_enrol_get_enrolled_users
                core_enrol_get_users_courses core_grades_get_gradeitems core_group_get_activity_allowed_groups
                core_group_get_activity_groupmode core_group_get_course_groupings core_group_get_course_groups
                core_group_get_course_user_groups core_group_get_group_members core_group_get_groupings
                core_group_get_groups core_notes_get_course_notes core_reportbuilder_list_reports
                core_reportbuilder_retrieve_report core_user_get_course_user_profiles core_user_get_users
                core_user_get_users_by_field core_webservice_get_site_info gradereport_overview_get_course_grades
                gradereport_user_get_grade_items mod_assign_get_assignments mod_assign_get_grades
                mod_assign_get_submissions mod_feedback_get_responses_analysis mod_forum_get_discussion_posts
                mod_forum_get_forum_discussions mod_forum_get_forums_by_courses mod_quiz_get_quizzes_by_courses
                mod_quiz_get_user_attempts mod_quiz_get_user_best_grade report_competency_data_for_report
                core_user_search_identity
            ',
            'capabilities' => '
                gradereport/user:view mod/assign:view mod/assign:viewgrades mod/bigbluebuttonbn:view mod/chat:view
                mod/choice:view mod/data:view mod/feedback:view mod/feedback:viewreports mod/folder:view
                mod/forum:viewdiscussion mod/glossary:view mod/h5pactivity:view mod/imscp:view mod/label:view
                mod/lesson:view mod/lti:view mod/page:view mod/quiz:view mod/quiz:viewreports mod/resource:view
                mod/url:view mod/workshop:view moodle/badges:viewotherbadges moodle/calendar:manageentries
                moodle/category:manage moodle/category:viewhiddencategories moodle/cohort:view
                moodle/competency:coursecompetencyview moodle/competency:usercompetencyview
                moodle/course:enrolreview moodle/course:managegroups moodle/course:update moodle/course:view
                moodle/course:viewhiddencourses moodle/course:viewhiddengroups moodle/course:viewhiddenuserfields
                moodle/course:viewparticipants moodle/course:viewsuspendedusers moodle/grade:viewall
                moodle/notes:view moodle/reportbuilder:view moodle/reportbuilder:viewall moodle/role:review
                moodle/site:accessallgroups moodle/site:viewfullnames moodle/site:viewparticipants
                moodle/site:viewuseridentity moodle/user:viewalldetails moodle/user:viewdetails
                moodle/user:viewhiddendetails report/completion:view report/progress:view webservice/rest:use
            ',
            'assign' => '',
            'view' => '
                manager coursecreator editingteacher teacher student
            ',
            'settings' => '
                downloadfiles
            ',
        ],
        'everything' => [
            'name' => 'Everything',
            'about' => 'All operations of the node, and all events of the trigger',
            'functions' => '
                core_auth_request_password_reset core_badges_get_user_badges core_calendar_create_calendar_events
                core_calendar_delete_calendar_events core_calendar_get_calendar_events
                core_cohort_add_cohort_members core_cohort_create_cohorts core_cohort_delete_cohort_members
                core_cohort_delete_cohorts core_cohort_get_cohort_members core_cohort_get_cohorts
                core_cohort_search_cohorts core_cohort_update_cohorts
                core_completion_get_activities_completion_status core_completion_get_course_completion_status
                core_completion_override_activity_completion_status
                core_completion_update_activity_completion_status_manually core_course_create_categories
                core_course_create_courses core_course_delete_categories core_course_delete_courses
                core_course_delete_modules core_course_duplicate_course core_course_get_categories
                core_course_get_contents core_course_get_course_module core_course_get_courses
                core_course_get_courses_by_field core_course_search_courses core_course_update_categories
                core_course_update_courses core_courseformat_update_course core_enrol_get_course_enrolment_methods
                core_enrol_get_enrolled_users core_enrol_get_users_courses core_grades_get_gradeitems
                core_grades_update_grades core_group_add_group_members core_group_assign_grouping
                core_group_create_groupings core_group_create_groups core_group_delete_group_members
                core_group_delete_groupings core_group_delete_groups core_group_get_activity_allowed_groups
                core_group_get_activity_groupmode core_group_get_course_groupings core_group_get_course_groups
                core_group_get_course_user_groups core_group_get_group_members core_group_get_groupings
                core_group_get_groups core_group_unassign_grouping core_group_update_groupings
                core_group_update_groups core_message_send_instant_messages core_notes_create_notes
                core_notes_delete_notes core_notes_get_course_notes core_notes_get_notes
                core_reportbuilder_list_reports core_reportbuilder_retrieve_report core_role_assign_roles
                core_role_unassign_roles core_user_add_user_private_files core_user_create_users
                core_user_delete_users core_user_get_course_user_profiles core_user_get_users
                core_user_get_users_by_field core_user_set_user_preferences core_user_update_picture
                core_user_update_users core_webservice_get_site_info enrol_manual_enrol_users
                enrol_manual_unenrol_users gradereport_overview_get_course_grades gradereport_user_get_grade_items
                mod_assign_get_assignments mod_assign_get_grades mod_assign_get_submissions mod_assign_save_grades
                mod_assign_save_user_extensions mod_feedback_get_responses_analysis mod_forum_add_discussion
                mod_forum_add_discussion_post mod_forum_get_discussion_posts mod_forum_get_forum_discussions
                mod_forum_get_forums_by_courses mod_quiz_get_quizzes_by_courses mod_quiz_get_user_attempts
                mod_quiz_get_user_best_grade report_competency_data_for_report core_user_search_identity
            ',
            'capabilities' => '
                enrol/manual:enrol enrol/manual:unenrol gradereport/user:view mod/assign:grade
                mod/assign:grantextension mod/assign:view mod/assign:viewgrades mod/bigbluebuttonbn:view
                mod/chat:view mod/choice:view mod/data:view mod/feedback:view mod/feedback:viewreports
                mod/folder:view mod/forum:addnews mod/forum:replynews mod/forum:replypost mod/forum:startdiscussion
                mod/forum:viewdiscussion mod/glossary:view mod/h5pactivity:view mod/imscp:view mod/label:view
                mod/lesson:view mod/lti:view mod/page:view mod/quiz:view mod/quiz:viewreports mod/resource:view
                mod/url:view mod/workshop:view moodle/backup:backupcourse moodle/backup:configure
                moodle/backup:userinfo moodle/badges:viewotherbadges moodle/calendar:manageentries
                moodle/calendar:manageownentries moodle/category:manage moodle/category:viewhiddencategories
                moodle/cohort:assign moodle/cohort:manage moodle/cohort:view moodle/competency:coursecompetencyview
                moodle/competency:usercompetencyview moodle/course:activityvisibility moodle/course:changecategory
                moodle/course:changefullname moodle/course:changeidnumber moodle/course:changeshortname
                moodle/course:changesummary moodle/course:create moodle/course:delete moodle/course:enrolreview
                moodle/course:manageactivities moodle/course:managegroups moodle/course:overridecompletion
                moodle/course:setforcedlanguage moodle/course:togglecompletion moodle/course:update
                moodle/course:view moodle/course:viewhiddenactivities moodle/course:viewhiddencourses
                moodle/course:viewhiddengroups moodle/course:viewhiddenuserfields moodle/course:viewparticipants
                moodle/course:viewsuspendedusers moodle/course:visibility moodle/grade:edit moodle/grade:viewall
                moodle/notes:manage moodle/notes:view moodle/reportbuilder:view moodle/reportbuilder:viewall
                moodle/restore:configure moodle/restore:restorecourse moodle/restore:userinfo moodle/role:assign
                moodle/role:review moodle/site:accessallgroups moodle/site:messageanyuser moodle/site:sendmessage
                moodle/site:viewfullnames moodle/site:viewparticipants moodle/site:viewuseridentity
                moodle/user:create moodle/user:delete moodle/user:editownprofile moodle/user:editprofile
                moodle/user:manageownfiles moodle/user:update moodle/user:viewalldetails moodle/user:viewdetails
                moodle/user:viewhiddendetails report/completion:view report/progress:view webservice/rest:use
            ',
            'assign' => '
                editingteacher teacher student
            ',
            'view' => '
                manager coursecreator editingteacher teacher student
            ',
            'settings' => '
                downloadfiles uploadfiles
            ',
        ],
    ];
    // generated: end

    /** Moodle 4.1, the oldest version that the node works with. */
    const OLDEST = 2022112800;

    const HELP = <<<'TEXT'
Sets a Moodle up for n8n. Run it on the server of the Moodle, as the user that the web server runs as:

    sudo -u www-data php moodle-setup.php --use=onboarding,reporting

  --use=USES       what n8n is to do, separated by commas:
{uses}
  --moodle=PATH    directory of Moodle, where config.php is. Left out: this directory, or one above it
  --name=NAME      user name of the account, short name of the role and of the service. Left out: n8n
  --email=ADDRESS  of a new account. Moodle sends nothing there
  --exact          also takes away from role and service what these uses do not need
  --new-token      makes a new token; those that this account had for this service end
  --ip=ADDRESSES   the new token works from these addresses only, separated by commas: 192.0.2.7,198.51.100.0/24
  --until=DATE     the new token works up to the end of this day, for example 2030-12-31. Left out: without end
  --dry-run        only tells what it would do
  --help           this text

The token is printed once, on standard output. Everything else goes to standard error.

TEXT;

    private array $options;
    /** @var string[] names of functions */
    private array $functions;
    /** @var string[] names of capabilities */
    private array $capabilities;
    private webservice $manager;
    private context_system $system;
    private int $changes = 0;
    /** @var string[] what an administrator should know */
    private array $notes = [];

    private function __construct(array $options) {
        $this->options = $options;
        $this->functions = self::words($options['use'], 'functions');
        $this->capabilities = self::words($options['use'], 'capabilities');
        $this->manager = new webservice();
        $this->system = context_system::instance();
    }

    /** Names that stand under this key in any of the uses, each once. */
    private static function words(array $uses, string $key): array {
        $texts = array_map(fn($use) => self::USES[$use][$key], $uses);
        return array_values(array_unique(preg_split('/\s+/', implode(' ', $texts), -1, PREG_SPLIT_NO_EMPTY)));
    }

    private static function say(string $text): void {
        fwrite(STDERR, $text . "\n");
    }

    public static function help(): string {
        $lines = [];
        foreach (self::USES as $value => $use) {
            $lines[] = sprintf('                     %-11s %s', $value, $use['about']);
        }
        return str_replace('{uses}', implode("\n", $lines), self::HELP);
    }

    /**
     * The options of the command line.
     *
     * @throws n8n_setup_problem for an option or a value that is not known
     */
    public static function options(array $arguments): array {
        $options = ['use' => '', 'moodle' => '', 'name' => 'n8n', 'email' => '', 'ip' => '', 'until' => '', 'exact' => false, 'new-token' => false,
            'dry-run' => false, 'help' => false];
        foreach ($arguments as $argument) {
            if (!preg_match('/^--([a-z-]+)(?:=(.*))?$/s', $argument, $parts) || !isset($options[$parts[1]])) {
                throw new n8n_setup_problem("There is no option '$argument'. --help lists them.");
            }
            $isflag = is_bool($options[$parts[1]]);
            if ($isflag === isset($parts[2])) {
                throw new n8n_setup_problem("--$parts[1] takes " . ($isflag ? 'no value.' : "a value: --$parts[1]=..."));
            }
            $options[$parts[1]] = $isflag ? true : trim($parts[2]);
        }
        if ($options['help']) {
            return $options;
        }
        $options['use'] = preg_split('/[\s,]+/', $options['use'], -1, PREG_SPLIT_NO_EMPTY);
        $known = implode(', ', array_keys(self::USES));
        if (!$options['use']) {
            throw new n8n_setup_problem("Say what n8n is to do: --use= one or more of $known.");
        }
        foreach ($options['use'] as $use) {
            if (!isset(self::USES[$use])) {
                throw new n8n_setup_problem("There is no use '$use'. Choose from $known.");
            }
        }
        if (!preg_match('/^[a-z][a-z0-9]{0,39}$/', $options['name'])) {
            throw new n8n_setup_problem('--name may hold small letters and digits, and begins with a letter.');
        }
        self::check_limits($options);
        return $options;
    }

    /** @throws n8n_setup_problem for limits of a token that Moodle would take for none, or under which it never works */
    private static function check_limits(array $options): void {
        foreach (array_filter(array_map('trim', explode(',', $options['ip'])), 'strlen') as $place) {
            [$address, $bits] = array_pad(explode('/', $place, 2), 2, null);
            $most = filter_var($address, FILTER_VALIDATE_IP, FILTER_FLAG_IPV6) ? 128 : 32;
            $isnet = $bits === null || filter_var($bits, FILTER_VALIDATE_INT, ['options' => ['min_range' => 0, 'max_range' => $most]]) !== false;
            if (!filter_var($address, FILTER_VALIDATE_IP) || !$isnet) {
                throw new n8n_setup_problem("--ip: '$place' is not an address such as 192.0.2.7, or a network such as 198.51.100.0/24.");
            }
        }
        if ($options['until'] !== '') {
            $day = DateTime::createFromFormat('!Y-m-d', $options['until']);
            if (!$day || $day->format('Y-m-d') !== $options['until']) {
                throw new n8n_setup_problem("--until: '{$options['until']}' is not a date such as 2030-12-31.");
            }
            if (self::end_of($options['until']) <= time()) {
                throw new n8n_setup_problem("--until: {$options['until']} is over.");
            }
        }
    }

    /** The last second of a day, in the time zone of the server. 0: no end. */
    private static function end_of(string $day): int {
        return $day === '' ? 0 : (new DateTime("$day 23:59:59"))->getTimestamp();
    }

    /**
     * The configuration of the Moodle to set up.
     *
     * @param string $given what --moodle says; empty: this directory and those above it
     * @throws n8n_setup_problem where there is none
     */
    public static function config(string $given): string {
        $isit = fn($place) => is_file("$place/config.php") && (is_file("$place/lib/setup.php") || is_file("$place/public/lib/setup.php"));
        $places = [];
        foreach ($given === '' ? [getcwd(), __DIR__] : [$given] as $place) {
            $place = (string)realpath($place);
            // From 5.1 on the files of the web server are in public/, and config.php is above it.
            while ($place !== '' && !in_array($place, $places, true)) {
                $places[] = $place;
                if ($given !== '' && basename($place) !== 'public') {
                    break;
                }
                $place = dirname($place);
            }
        }
        $found = array_values(array_filter($places, $isit));
        foreach ($found as $place) {
            // The file of the same name in public/ only leads to the one above it.
            return basename($place) === 'public' && $isit(dirname($place)) ? dirname($place) . '/config.php' : "$place/config.php";
        }
        throw new n8n_setup_problem($given === ''
            ? 'No Moodle here. Run this in the directory of Moodle, where config.php is, or give it as --moodle=/path.'
            : "No Moodle in $given: config.php and lib/setup.php are not there.");
    }

    /** Sets the Moodle up whose configuration is loaded. */
    public static function run(array $options): void {
        global $CFG;
        self::check_site();
        require_once($CFG->libdir . '/adminlib.php');
        require_once($CFG->libdir . '/externallib.php');
        require_once($CFG->dirroot . '/webservice/lib.php');
        require_once($CFG->dirroot . '/user/lib.php');
        \core\session\manager::set_user(get_admin());
        (new self($options))->set_up();
    }

    /** @throws n8n_setup_problem for a Moodle that cannot be set up now */
    private static function check_site(): void {
        global $CFG;
        if (empty($CFG->version) || $CFG->version < self::OLDEST) {
            throw new n8n_setup_problem('This Moodle is ' . ($CFG->release ?? 'not installed') . '. The node needs 4.1 or later.');
        }
        if (moodle_needs_upgrading()) {
            throw new n8n_setup_problem('This Moodle waits for an upgrade. Finish it first: Site administration > Notifications.');
        }
        $owner = fileowner($CFG->dataroot);
        if (function_exists('posix_geteuid') && posix_geteuid() !== $owner) {
            $name = posix_getpwuid($owner)['name'] ?? $owner;
            throw new n8n_setup_problem("Run this as the user who owns Moodle's data, or Moodle may be unable to change files later: sudo -u $name php ...");
        }
    }

    private function set_up(): void {
        global $CFG;
        $names = array_map(fn($use) => self::USES[$use]['name'], $this->options['use']);
        self::say("Moodle $CFG->release at $CFG->wwwroot, for: " . implode(', ', $names));
        $this->switch_on();
        $role = $this->role();
        $account = $this->account($role);
        $service = $this->service();
        $this->authorise($service, $account);
        $this->look_around();
        foreach ($this->notes as $note) {
            self::say("note     $note");
        }
        $this->token($service, $account);
    }

    /** Says that something is right, or makes it so. */
    private function step(string $what, bool $isright, callable $mend): void {
        if (!$isright) {
            $this->changes++;
            if (!$this->options['dry-run']) {
                $mend();
            }
        }
        self::say(($isright ? 'ok       ' : ($this->options['dry-run'] ? 'would    ' : 'done     ')) . $what);
    }

    private function switch_on(): void {
        global $CFG;
        $this->step('Web services are on', !empty($CFG->enablewebservices), fn() => set_config('enablewebservices', 1));
        if (empty($CFG->enablewebservices) && isset($CFG->config_php_settings['enablewebservices'])) {
            throw new n8n_setup_problem('config.php keeps web services off: take $CFG->enablewebservices out of it.');
        }
        // What get_enabled_plugins tells is empty while web services are off.
        $protocols = explode(',', $CFG->webserviceprotocols ?? '');
        $this->step('The REST protocol is on', in_array('rest', $protocols, true),
            fn() => \core\plugininfo\webservice::enable_plugin('rest', 1));
    }

    /** @return int|null the role's ID; null in a dry run that would make it */
    private function role(): ?int {
        global $DB;
        $name = $this->options['name'];
        $find = fn() => $DB->get_field('role', 'id', ['shortname' => $name]) ?: null;
        $about = 'For the account that n8n uses. Made by moodle-setup.php of the package n8n-nodes-moodle-lms.';
        $title = $name === 'n8n' ? 'n8n integration' : "n8n integration ($name)";
        $this->step("Role '$name'", $find() !== null, fn() => create_role($title, $name, $about));
        $role = $find();
        $levels = $role ? array_values(get_role_contextlevels($role)) : [];
        $wanted = [CONTEXT_SYSTEM, CONTEXT_COURSECAT, CONTEXT_COURSE];
        $this->step('It may be assigned in the system, in categories and in courses', !array_diff($wanted, $levels),
            fn() => set_role_contextlevels($role, array_unique(array_merge($levels, $wanted))));
        $this->capabilities_of($role);
        $this->other_roles($role, 'assign', 'core_role_set_assign_allowed');
        $this->other_roles($role, 'view', 'core_role_set_view_allowed');
        return $role;
    }

    private function capabilities_of(?int $role): void {
        $known = array_values(array_filter($this->capabilities, fn($name) => get_capability_info($name)));
        $has = $role ? array_filter(role_context_capabilities($role, $this->system), fn($permission) => $permission != CAP_INHERIT) : [];
        $lacking = array_filter($known, fn($name) => ($has[$name] ?? null) != CAP_ALLOW);
        $this->step(count($known) . ' capabilities allowed' . self::list_of($lacking), !$lacking, function() use ($lacking, $role) {
            foreach ($lacking as $name) {
                assign_capability($name, CAP_ALLOW, $role, $this->system->id, true);
            }
        });
        $this->take_away('The role', 'capabilities', array_diff(array_keys($has), $this->capabilities),
            fn($name) => unassign_capability($name, $role, $this->system->id));
        $newer = array_diff($this->capabilities, $known);
        if ($newer) {
            $this->notes[] = 'This Moodle does not have, and does not need, ' . implode(', ', $newer);
        }
    }

    /** Other roles that holders of the role may give away, or see. */
    private function other_roles(?int $role, string $kind, callable $allow): void {
        global $DB;
        $lacking = [];
        foreach (self::words($this->options['use'], $kind) as $shortname) {
            $other = $DB->get_field('role', 'id', ['shortname' => $shortname]);
            if (!$other) {
                $this->notes[] = "This Moodle has no role '$shortname'";
            } else if (!$role || !$DB->record_exists("role_allow_$kind", ['roleid' => $role, "allow$kind" => $other])) {
                $lacking[$shortname] = $other;
            }
        }
        $this->step("It may $kind other roles as it needs to" . self::list_of(array_keys($lacking)), !$lacking, function() use ($lacking, $role, $allow) {
            foreach ($lacking as $other) {
                $allow($role, $other);
            }
        });
    }

    /** @return int|null the user's ID; null in a dry run that would make the account */
    private function account(?int $role): ?int {
        global $CFG, $DB;
        $name = $this->options['name'];
        $find = fn() => $DB->get_record('user', ['username' => $name, 'mnethostid' => $CFG->mnet_localhost_id, 'deleted' => 0]) ?: null;
        $user = $find();
        if ($user) {
            self::check_account($user);
        }
        $this->step("Account '$name'", $user !== null, fn() => user_create_user((object)[
            'username' => $name,
            'auth' => 'webservice',
            'password' => AUTH_PASSWORD_NOT_CACHED,
            'firstname' => 'n8n',
            'lastname' => 'integration',
            'email' => $this->email(),
            'emailstop' => 1,
            'maildisplay' => 0,
            'confirmed' => 1,
            'lang' => $CFG->lang,
            'mnethostid' => $CFG->mnet_localhost_id,
        ], false));
        $id = $user ? (int)$user->id : (($made = $find()) ? (int)$made->id : null);
        $this->step('It has the role in the whole system', $id && $role && user_has_role_assignment($id, $role, $this->system->id),
            fn() => role_assign($role, $id, $this->system->id));
        return $id;
    }

    /** @throws n8n_setup_problem for an account that nobody should use with a token */
    private static function check_account(stdClass $user): void {
        $other = 'Choose another account with --name.';
        if (is_siteadmin($user->id)) {
            throw new n8n_setup_problem("'$user->username' is a site administrator: its token could do everything. $other");
        }
        if ($user->suspended || $user->auth === 'nologin' || !$user->confirmed) {
            throw new n8n_setup_problem("The account '$user->username' is suspended, not confirmed, or may not log in. Change that, or choose another with --name.");
        }
    }

    private function email(): string {
        global $CFG;
        $host = (string)parse_url($CFG->wwwroot, PHP_URL_HOST);
        $isdomain = strpos($host, '.') !== false && !filter_var($host, FILTER_VALIDATE_IP);
        $email = $this->options['email'] ?: $this->options['name'] . '@' . ($isdomain ? $host : 'example.com');
        if (!validate_email($email)) {
            throw new n8n_setup_problem("'$email' is not an e-mail address. Give one with --email.");
        }
        return $email;
    }

    /** @return stdClass|null the service; null in a dry run that would make it */
    private function service(): ?stdClass {
        $name = $this->options['name'];
        $service = $this->manager->get_external_service_by_shortname($name) ?: null;
        if ($service && !empty($service->component)) {
            throw new n8n_setup_problem("The service '$name' belongs to Moodle itself. Choose another name with --name.");
        }
        $this->step("Service '$name', for authorised users only", $service !== null, fn() => $this->manager->add_external_service((object)[
            'name' => $name, 'shortname' => $name, 'enabled' => 1, 'restrictedusers' => 1, 'requiredcapability' => '',
            'uploadfiles' => 0, 'downloadfiles' => 0,
        ]));
        $service = $service ?? ($this->manager->get_external_service_by_shortname($name) ?: null);
        $wanted = array_merge(['enabled'], self::words($this->options['use'], 'settings'));
        $off = array_filter($wanted, fn($setting) => !$service || empty($service->$setting));
        $this->step('Its settings' . self::list_of($off), !$off, function() use ($service, $off) {
            foreach ($off as $setting) {
                $service->$setting = 1;
            }
            $this->manager->update_external_service($service);
        });
        if ($service && empty($service->restrictedusers)) {
            $this->notes[] = "The service '$name' is open to everybody with a token. Tick 'Authorised users only' unless others need it.";
        }
        $this->functions_of($service);
        return $service;
    }

    private function functions_of(?stdClass $service): void {
        global $DB;
        $known = array_values(array_intersect($this->functions, $DB->get_fieldset_select('external_functions', 'name', '1 = 1')));
        $has = $service ? array_column($this->manager->get_external_functions([$service->id]), 'name') : [];
        $lacking = array_diff($known, $has);
        $this->step(count($known) . ' functions' . self::list_of($lacking), !$lacking, function() use ($lacking, $service) {
            foreach ($lacking as $name) {
                $this->manager->add_external_function_to_service($name, $service->id);
            }
        });
        $this->take_away('The service', 'functions', array_diff($has, $this->functions),
            fn($name) => $this->manager->remove_external_function_from_service($name, $service->id));
        $newer = array_diff($this->functions, $known);
        if ($newer) {
            $this->notes[] = 'This version of Moodle does not have ' . implode(', ', $newer) . ': what needs them is not available';
        }
    }

    /** What these uses do not need: told, and taken away with --exact. */
    private function take_away(string $owner, string $kind, array $names, callable $remove): void {
        if ($names && $this->options['exact']) {
            $this->step(count($names) . " other $kind taken away" . self::list_of($names), false, fn() => array_map($remove, $names));
        } else if ($names) {
            $this->notes[] = "$owner has " . count($names) . " $kind that these uses do not need; --exact takes them away" . self::list_of($names);
        }
    }

    private function authorise(?stdClass $service, ?int $account): void {
        $entry = $service && $account ? $this->manager->get_ws_authorised_user($service->id, $account) : null;
        $this->step('The account may use the service', (bool)$entry,
            fn() => $this->manager->add_ws_authorised_user((object)['externalserviceid' => $service->id, 'userid' => $account]));
        // Moodle takes a date in the future for one that is over.
        if ($entry && $entry->validuntil > time()) {
            $this->step("The account's time for the service has no end", false, fn() => $this->manager->update_ws_authorised_user((object)[
                'id' => $entry->serviceuserid, 'validuntil' => null,
            ]));
        }
    }

    /** Settings of the site that keep functions from working. They concern more than n8n, so they are only told. */
    private function look_around(): void {
        global $CFG;
        $facts = [
            ['core_user_get_users_by_field', in_array('email', explode(',', $CFG->showuseridentity ?? ''), true),
                "E-mail addresses are hidden, so nobody can be found by them: Site administration > Users > Permissions > User policies > Show user identity"],
            ['enrol_manual_enrol_users', enrol_is_enabled('manual'),
                'Manual enrolment is off: Site administration > Plugins > Enrolments > Manage enrol plugins'],
            ['core_message_send_instant_messages', !empty($CFG->messaging),
                'Messages are off: Site administration > General > Advanced features > Enable messaging system'],
            ['core_completion_get_course_completion_status', !empty($CFG->enablecompletion),
                'Completion tracking is off: Site administration > General > Advanced features'],
            ['core_reportbuilder_retrieve_report', !empty($CFG->enablecustomreports) || !isset($CFG->enablecustomreports),
                'Custom reports are off: Site administration > General > Advanced features'],
        ];
        foreach ($facts as [$function, $isright, $note]) {
            if (!$isright && in_array($function, $this->functions, true)) {
                $this->notes[] = $note;
            }
        }
    }

    private function token(?stdClass $service, ?int $account): void {
        global $DB;
        $tokens = $service && $account
            ? $DB->get_records('external_tokens', ['externalserviceid' => $service->id, 'userid' => $account, 'tokentype' => EXTERNAL_TOKEN_PERMANENT])
            : [];
        $valid = array_filter($tokens, fn($token) => !$token->validuntil || $token->validuntil > time());
        if ($valid && !$this->options['new-token']) {
            self::say('ok       The account has a token. It is not shown again; --new-token makes a new one and ends the old one.');
            if ($this->options['ip'] !== '' || $this->options['until'] !== '') {
                self::say('note     --ip and --until are for a new token: they were not given to this one. Use them with --new-token.');
            }
            $this->finish(null);
            return;
        }
        $token = null;
        $this->step($tokens ? 'A new token; the old ones end' : 'A token', false, function() use ($tokens, $service, $account, &$token) {
            foreach ($tokens as $old) {
                $this->manager->delete_user_ws_token($old->id);
            }
            $make = class_exists('\core_external\util') ? ['\core_external\util', 'generate_token'] : 'external_generate_token';
            $until = self::end_of($this->options['until']);
            $token = $make(EXTERNAL_TOKEN_PERMANENT, $service, $account, $this->system, $until, $this->options['ip']);
        });
        $this->finish($token);
    }

    /** The last words, and the token where there is a new one. */
    private function finish(?string $token): void {
        global $CFG;
        if ($this->options['dry-run']) {
            self::say($this->changes > 0 ? "Nothing was changed. Without --dry-run: $this->changes changes." : 'Nothing would be changed.');
            return;
        }
        self::say($this->changes > 0 ? "Changed: $this->changes." : 'Everything is right; nothing was changed.');
        if ($token !== null) {
            self::say("In n8n: Credentials > Create > Moodle API. Site URL: $CFG->wwwroot. Token (shown this once):");
            fwrite(STDOUT, $token . "\n");
        }
    }

    private static function list_of(array $names): string {
        return $names ? ': ' . implode(', ', $names) : '';
    }
}

try {
    $n8nsetup = n8n_setup::options(array_slice($argv, 1));
    if ($n8nsetup['help']) {
        fwrite(STDOUT, n8n_setup::help());
        exit(0);
    }
    // Moodle's configuration has to be loaded outside of functions.
    require(n8n_setup::config($n8nsetup['moodle']));
    n8n_setup::run($n8nsetup);
} catch (Throwable $caught) {
    $n8ndetail = $caught instanceof n8n_setup_problem ? '' : get_class($caught) . ': ';
    fwrite(STDERR, "error    $n8ndetail{$caught->getMessage()}\n");
    exit(1);
}
