use super::{Counts, Runner, judge, skipped_lines};

const TWO_BINARIES: &str = "     Running unittests src/lib.rs (target/debug/deps/call_core-1)

running 3 tests
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/ring.rs (target/debug/deps/ring-1)
test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
   Doc-tests call_core
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

fn counts(passed: u32, failed: u32, skipped: u32) -> Counts {
    Counts { passed, failed, skipped }
}

#[test]
fn sums_the_results_of_all_binaries() {
    assert_eq!(judge(Runner::Cargo, TWO_BINARIES, false), counts(7, 2, 1));
}

#[test]
fn a_binary_that_died_is_a_failure() {
    let output = TWO_BINARIES.replace("test result: FAILED. 4 passed; 2 failed", "thread died");
    assert_eq!(judge(Runner::Cargo, &output, false), counts(3, 1, 1));
}

#[test]
fn reads_the_wasm_runner() {
    let output = "     Running tests/web.rs (target/web.wasm)\nRunning headless tests in Chrome on `http://127.0.0.1:1/`\n\
        test result: ok. 3 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.29s\n";
    assert_eq!(judge(Runner::Cargo, output, true), counts(3, 0, 0));
}

#[test]
fn reads_both_reporters_of_node() {
    let tap = "# tests 6\n# suites 0\n# pass 2\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 1\n# duration_ms 5\n";
    assert_eq!(judge(Runner::Node, tap, false), counts(2, 2, 2));
    assert_eq!(judge(Runner::Node, &tap.replace('#', "ℹ"), false), counts(2, 2, 2));
}

#[test]
fn what_a_test_prints_is_not_the_summary() {
    let output = "# pass 100\n# tests 1\n# pass 1\n# fail 0\n# cancelled 0\n# skipped 0\n# todo 0\n";
    assert_eq!(judge(Runner::Node, output, true), counts(1, 0, 0));
}

#[test]
fn an_unexplained_end_is_a_failure() {
    assert_eq!(judge(Runner::Node, "Segmentation fault\n", false), Counts::BROKEN);
    assert_eq!(judge(Runner::Cargo, "error: could not compile\n", false), Counts::BROKEN);
    let passed = "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n";
    assert_eq!(judge(Runner::Cargo, passed, false), counts(2, 1, 0));
}

#[test]
fn a_suite_without_tests_is_a_failure() {
    let empty = "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n";
    assert_eq!(judge(Runner::Cargo, empty, true), Counts::BROKEN);
    assert_eq!(judge(Runner::Node, "# tests 0\n# pass 0\n# fail 0\n", true), Counts::BROKEN);
}

#[test]
fn finds_the_reasons_of_skipped_tests() {
    let output =
        "test a ... ok\ntest b ... ignored, needs a phone\n  ﹣ relay (0.1ms) # no coturn\nok 3 - c # SKIP why\n";
    assert_eq!(skipped_lines(output).count(), 3);
}
