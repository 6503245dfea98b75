//! What an application is told, from the difference of two views.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, unused_imports)] // each uses its own part
mod support;

use call_core::{View, events};
use call_protocol::{MediaState, MemberState};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use support::{CALLER, SIZES, Story, connected, last, ringing, user};

/// Who sees it, before and after.
type Case = (&'static str, String, Option<View>, View);

fn differences(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("events");
    for size in SIZES {
        for (name, viewer, old, new) in cases(size) {
            let me = user(&viewer);
            assert!(!events(old.as_ref(), &new, &me).is_empty(), "{name} tells something");
            group.bench_function(BenchmarkId::new(name, size), |bench| {
                bench.iter(|| events(black_box(old.as_ref()), black_box(&new), black_box(&me)));
            });
        }
    }
}

fn cases(size: usize) -> [Case; 4] {
    let (caller, callee) = (CALLER.to_owned(), last(size));
    let (rings, almost, all) = (ringing(size), connected(size, 1), connected(size, 0));
    let mut over = connected(size, 0);
    over.leave(CALLER).unwrap();
    let mut muted = view(&all, CALLER);
    for (_, media) in &mut muted.media {
        (media.n, media.audio) = (2, false);
    }
    [
        ("received", callee.clone(), None, view(&rings, &callee)),
        ("accepted", caller.clone(), Some(view(&almost, CALLER)), view(&all, CALLER)),
        ("all muted", caller.clone(), Some(view(&all, CALLER)), muted),
        ("left", callee.clone(), Some(view(&all, &callee)), view(&over, &callee)),
    ]
}

/// Everybody who is in the call publishes audio and video.
fn view(story: &Story, viewer: &str) -> View {
    let call = story.view(viewer).unwrap();
    let joined = call.members.iter().filter(|member| member.state == MemberState::Joined);
    let media = joined.map(|member| {
        let publishes = MediaState { generation: member.generation, n: 1, audio: true, video: true, screen: false };
        (member.user.clone(), publishes)
    });
    View { media: media.collect(), call }
}

criterion_group!(benches, differences);
criterion_main!(benches);
