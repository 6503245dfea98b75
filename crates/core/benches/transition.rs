//! One step of a call.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, unused_imports)] // each uses its own part
mod support;

use call_core::{Call, Step, transition};
use call_protocol::Millis;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use support::{RING, SIZES, accept, connected, last, leave, placing, ringing};

fn steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("transition");
    for size in SIZES {
        let cases: [(&str, Call, Step, Millis); 4] = [
            case("ring", placing(size), |_| Step::Ring { busy: Vec::new() }, 0),
            case("accept", connected(size, 1), |call| accept(call, &last(size)), 0),
            case("leave", connected(size, 0), |call| leave(call, &last(size)), 0),
            // Everybody whom the caller rings lets it ring.
            case("expire", ringing(size), |_| Step::Expire, RING),
        ];
        for (name, call, step, now) in cases {
            assert!(transition(&call, &step, now).unwrap().is_some(), "{name} changes the call");
            group.bench_function(BenchmarkId::new(name, size), |bench| {
                bench.iter(|| transition(black_box(&call), black_box(&step), black_box(now)));
            });
        }
    }
}

fn case(
    name: &'static str,
    story: support::Story,
    step: impl FnOnce(&Call) -> Step,
    wait: Millis,
) -> (&'static str, Call, Step, Millis) {
    let step = step(&story.call);
    (name, story.call, step, story.now + wait)
}

criterion_group!(benches, steps);
criterion_main!(benches);
