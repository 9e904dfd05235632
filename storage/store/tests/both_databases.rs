//! One suite, both databases: every case below runs on SQLite and on PostgreSQL.
//!
//! PostgreSQL comes from `BELLWETHER_TEST_POSTGRES` (`scripts/postgres-for-tests.sh` makes one). Without it that half is
//! skipped, said and counted; with `BELLWETHER_REQUIRE_ALL=1` a skipped half is a failure.

mod suite;
mod support;

macro_rules! suite {
    ($($subject:ident: $($case:ident),+;)+) => {
        mod sqlite {$(
            mod $subject {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::support::on_sqlite(crate::suite::$subject::$case).await;
                }
            )+}
        )+}

        mod postgres {$(
            mod $subject {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::support::on_postgres(crate::suite::$subject::$case).await;
                }
            )+}
        )+}

        const CASES: &[&str] = &[$($(stringify!($case)),+),+];
    };
}

suite! {
    schema:
        opening_again_changes_nothing,
        a_newer_schema_is_refused,
        an_older_schema_is_brought_up_to_date,
        many_can_open_a_new_database_at_once,
        a_failed_upgrade_leaves_nothing,
        passwords_are_not_shown,
        of_two_processes_one_is_refused;
    pipeline:
        a_change_set_is_stored_whole,
        a_change_set_that_fails_in_the_middle_leaves_nothing,
        a_change_set_is_never_applied_twice,
        change_sets_never_go_back,
        of_two_committers_one_is_refused,
        an_overlap_or_a_gap_is_refused,
        counts_of_several_batches_are_one_sum,
        activity_leaves_all_else_as_it_stands,
        the_last_of_equal_keys_stands,
        items_that_are_kept_alike_are_one,
        counts_of_rules_add_up,
        a_large_change_set_is_stored_whole,
        extreme_values_come_back,
        imports_are_kept;
    manifest:
        rolls_go_on_in_order,
        files_of_ids_change_with_the_roll,
        the_same_roll_again_changes_nothing,
        a_roll_that_would_count_twice_is_refused,
        one_file_takes_the_place_of_others;
    retention:
        a_removal_exchanges_a_file_and_keeps_what_its_events_had_made,
        a_removal_from_a_file_that_is_gone_leaves_nothing,
        baselines_are_read_page_by_page,
        what_branches_had_of_removed_events_is_known;
    profiles:
        profiles_are_found_by_id_user_id_and_subject,
        subjects_can_move_to_another_profile;
    customers:
        every_sort_pages_through_all,
        every_sort_sorts,
        a_search_finds_parts_in_any_case,
        wildcards_in_a_search_are_letters,
        filters_combine,
        a_row_has_features_and_segments,
        countries_are_counted;
    derived:
        features_are_replaced_together,
        features_that_are_not_numbers_are_refused,
        segments_of_one_kind_are_replaced_together,
        a_failed_replacement_leaves_the_old_segments,
        readers_see_the_old_segments_or_the_new,
        recommendations_are_replaced_together,
        one_model_of_a_kind_serves,
        numbers_come_back_to_the_last_bit;
    catalogue:
        items_are_found_and_paged,
        items_are_looked_up_by_product;
    engage:
        campaigns_come_back_in_every_state,
        a_short_name_is_taken_once,
        the_first_decision_stands,
        decisions_are_counted,
        suppressed_addresses_are_found,
        events_suppress_addresses_with_what_they_change,
        messages_are_found_by_mailbox;
    branches:
        a_sum_that_no_number_holds_stays_at_the_largest,
        a_branch_is_made_by_its_first_event,
        no_event_changes_what_a_person_entered,
        a_change_that_is_refused_changes_nothing,
        activity_adds_up_and_what_is_refused_counts_nothing;
    ledger:
        a_message_is_reserved_once,
        what_was_not_handed_over_can_be_released,
        of_many_processes_one_reserves_a_message,
        outcomes_leave_reserved_only,
        one_refused_outcome_refuses_all,
        messages_are_listed_and_counted;
    evaluate:
        experiments_come_back_in_order,
        an_experiment_is_replaced_whole,
        results_are_kept_by_kind;
    quality:
        rejects_are_filtered_and_paged,
        rejects_are_found_by_what_they_say,
        what_can_be_sent_again_is_known,
        rejects_are_read_and_removed_by_id,
        the_quarantine_of_a_source_is_bounded,
        rejects_are_counted,
        the_newest_rejects_of_a_source_are_taken_back_once;
    sources:
        sources_are_found_by_short_name_and_key,
        web_hooks_keep_how_they_are_checked_and_read,
        short_names_are_given_once,
        many_sources_of_one_name_can_be_made_at_once,
        a_key_belongs_to_one_source,
        changes_at_the_same_time_are_all_kept,
        a_source_goes_and_its_history_stays,
        activity_adds_up_in_any_order,
        activity_of_many_processes_adds_up,
        activity_is_read_from_a_day_on,
        the_last_event_is_known_however_long_ago;
    plan:
        every_change_of_the_plan_is_kept,
        what_changes_nothing_makes_no_history,
        a_change_of_what_has_moved_is_refused,
        changes_of_many_processes_get_their_own_numbers,
        activity_of_the_plan_adds_up,
        names_that_are_kept_alike_are_one_row,
        what_was_refused_is_known_until_its_batch_is_in_a_file,
        marks_are_found_by_event_and_the_first_stands,
        old_activity_and_old_marks_go;
    jobs:
        a_job_is_enqueued_once,
        a_job_waits_for_its_time,
        jobs_are_claimed_by_one_worker_each,
        a_lease_that_ran_out_is_taken_over,
        a_worker_that_lost_its_job_cannot_save_it,
        jobs_come_back_in_every_state,
        a_job_is_ended_in_the_queue_and_at_work,
        what_a_process_that_is_gone_has_left_is_put_back;
    digest:
        the_order_of_work_does_not_matter,
        the_wall_clock_does_not_matter,
        everything_real_matters,
        large_tables_are_read_to_the_end;
    broken:
        impossible_rows_are_named,
        a_reference_to_nothing_is_named;
}

#[test]
fn the_skipped_half_is_counted() {
    use std::io::Write;
    if support::postgres_url().is_none() {
        // Past the test harness, which hides what a passing test prints.
        let mut terminal = std::io::stderr().lock();
        writeln!(
            terminal,
            "skipped: {} PostgreSQL cases of the Store's suite; set BELLWETHER_TEST_POSTGRES to run them \
             (eval \"$(scripts/postgres-for-tests.sh start DIR)\")",
            CASES.len()
        )
        .unwrap();
    }
}

/// The same content gives the same digest on both databases.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_have_the_same_digest() {
    if support::postgres_url().is_none() {
        return;
    }
    let (send, receive) = std::sync::mpsc::channel();
    let other = send.clone();
    support::on_sqlite(async move |fresh| send.send(suite::digest::of_everything(&fresh.store).await).unwrap()).await;
    support::on_postgres(async move |fresh| other.send(suite::digest::of_everything(&fresh.store).await).unwrap())
        .await;
    let digests: Vec<String> = receive.iter().collect();
    assert_eq!(digests.len(), 2);
    assert_eq!(digests[0], digests[1]);
}
