use crate::{
    support::brief::brief,
    support::{
        names::{RING, place, user},
        story::Story,
    },
    watcher::{NOTHING, Watcher},
};
use call_core::CallEvent;

struct Group {
    story: Story,
    watchers: Vec<(&'static str, Watcher)>,
}

impl Group {
    /// ann calls the others, and everybody has seen it.
    fn ringing(callees: &[&'static str]) -> Self {
        let story = Story::ringing(&place(1, "ann", callees));
        let mut watchers: Vec<_> =
            std::iter::once(&"ann").chain(callees).map(|name| (*name, Watcher::new(name))).collect();
        for (name, watcher) in &mut watchers {
            let expected: &[&str] = if *name == "ann" { &[] } else { &["received from ann"] };
            assert_eq!(watcher.look(&story), expected, "{name}");
        }
        Self { story, watchers }
    }

    /// Everybody named looks and is told exactly this.
    fn told(&mut self, expected: &[(&str, &[&str])]) {
        for (name, lines) in expected {
            let (_, watcher) = self.watchers.iter_mut().find(|(watcher, _)| watcher == name).unwrap();
            assert_eq!(watcher.look(&self.story), *lines, "{name}");
        }
    }
}

#[test]
fn one_accepts_one_rejects_one_does_not_answer_and_the_last_one_leaves() {
    let mut group = Group::ringing(&["bob", "cat", "dan"]);
    group.story.wait(1000).accept("bob").unwrap();
    group.told(&[
        ("ann", &["joined bob", "accepted bob", "begin as caller"]),
        ("bob", &["begin as callee", "joined ann"]),
        ("cat", &["joined bob"]),
        ("dan", &["joined bob"]),
    ]);
    group.story.wait(1000).reject("cat").unwrap();
    group.told(&[
        ("ann", &["rejected cat"]),
        ("bob", &["rejected cat"]),
        ("cat", &["not connected: Reject by cat"]),
        ("dan", &["rejected cat"]),
    ]);
    group.story.wait(RING - 2000).expire().unwrap();
    group.told(&[
        ("ann", &["no response dan"]),
        ("bob", &["no response dan"]),
        ("dan", &["own ringing expired", "not connected: NoResponse by dan"]),
    ]);
    group.story.wait(1000).leave("bob").unwrap();
    let end = "end: HangUp by bob after 30000";
    group.told(&[("ann", &["left bob", end]), ("bob", &[end])]);
}

#[test]
fn each_rejection_is_told_and_the_last_one_ends_the_call() {
    let mut group = Group::ringing(&["bob", "cat"]);
    group.story.reject("bob").unwrap();
    group.told(&[("ann", &["rejected bob"]), ("cat", &["rejected bob"])]);
    group.story.reject("cat").unwrap();
    group.told(&[
        ("ann", &["rejected cat", "not connected: Reject by cat"]),
        ("cat", &["not connected: Reject by cat"]),
    ]);
}

#[test]
fn all_who_let_it_ring_are_one_no_response_with_the_list() {
    let mut group = Group::ringing(&["bob", "cat", "dan"]);
    group.story.wait(RING).expire().unwrap();
    group.told(&[
        ("ann", &["no response bob cat dan", "not connected: NoResponse by bob"]),
        ("bob", &["own ringing expired", "not connected: NoResponse by bob"]),
        ("cat", &["own ringing expired", "not connected: NoResponse by cat"]),
        ("dan", &["own ringing expired", "not connected: NoResponse by dan"]),
    ]);
}

#[test]
fn a_cancelled_group_call_is_only_not_connected_to_everybody() {
    let mut group = Group::ringing(&["bob", "cat"]);
    group.story.leave("ann").unwrap();
    let line: &[&str] = &["not connected: Cancelled by ann"];
    group.told(&[("ann", line), ("bob", line), ("cat", line)]);
}

#[test]
fn who_is_still_rung_when_the_last_one_leaves_sees_the_invitation_cancelled() {
    let mut group = Group::ringing(&["bob", "cat"]);
    group.story.accept("bob").unwrap();
    group.story.leave("ann").unwrap();
    group.told(&[("cat", &["joined bob", "left ann"]), ("bob", &["begin as callee", "joined ann", "left ann"])]);
    group.story.leave("bob").unwrap();
    group.told(&[("cat", &["not connected: Cancelled by bob"]), ("bob", &["end: HangUp by bob after 2"])]);
}

#[test]
fn a_busy_callee_is_told_to_its_inviter_alone() {
    let story = Story::busy(&place(1, "ann", &["bob", "cat"]), &["bob"]);
    let (mut ann, mut cat) = (Watcher::new("ann"), Watcher::new("cat"));
    assert_eq!(ann.look(&story), ["busy bob"]);
    assert_eq!(cat.look(&story), ["received from ann"]);
}

#[test]
fn all_callees_busy_end_the_call_for_the_caller() {
    let story = Story::busy(&place(1, "ann", &["bob", "cat"]), &["bob", "cat"]);
    let told = Watcher::new("ann").look(&story);
    assert_eq!(told, ["busy bob", "busy cat", "not connected: LineBusy by bob"]);
}

#[test]
fn the_caller_leaves_and_the_others_go_on() {
    let mut group = Group::ringing(&["bob", "cat"]);
    group.story.accept("bob").unwrap();
    group.story.accept("cat").unwrap();
    group.told(&[
        ("ann", &["joined bob", "accepted bob", "joined cat", "accepted cat", "begin as caller"]),
        ("bob", &["begin as callee", "joined ann", "joined cat"]),
        ("cat", &["begin as callee", "joined ann", "joined bob"]),
    ]);
    group.story.wait(5).leave("ann").unwrap();
    group.told(&[("ann", &["end: HangUp by ann after 6"]), ("bob", &["left ann"]), ("cat", &["left ann"])]);
    group.told(&[("ann", &NOTHING), ("bob", &NOTHING)]);
}

#[test]
fn members_of_a_group_are_told_who_is_in_it_whenever_that_changes() {
    let mut group = Group::ringing(&["bob", "cat"]);
    let mut ann = group.watchers.remove(0).1;
    let steps: [fn(&mut Story); 4] = [
        |story| assert_eq!(story.accept("bob"), Ok(true)),
        |story| assert_eq!(story.reject("cat"), Ok(true)),
        |story| assert_eq!(story.join("dan"), Ok(true)),
        |story| assert_eq!(story.leave("bob"), Ok(true)),
    ];
    for step in steps {
        step(&mut group.story);
        ann.look(&group.story);
    }
    let list = |event: &CallEvent| matches!(event, CallEvent::Members { .. }).then(|| brief(event));
    let lists: Vec<_> = ann.told.iter().filter_map(list).collect();
    assert_eq!(lists, ["members ann bob", "members ann bob dan", "members ann dan"]);
}

#[test]
fn who_joins_is_told_of_those_who_are_there_and_not_of_those_who_went() {
    let mut group = Group::ringing(&["bob", "cat", "dan", "eve"]);
    group.story.accept("bob").unwrap();
    group.story.accept("eve").unwrap();
    group.story.reject("cat").unwrap();
    group.story.leave("eve").unwrap();
    group.story.join("fay").unwrap();
    assert_eq!(Watcher::new("fay").look(&group.story), ["begin as callee", "joined ann", "joined bob"]);
}

#[test]
fn who_is_invited_later_sees_those_in_the_call_among_the_callees() {
    let mut story = Story::connected(&place(1, "ann", &["bob", "cat"]), &["bob"]);
    story.invite("bob", &["dan"], &[]).unwrap();
    let mut dan = Watcher::new("dan");
    dan.look(&story);
    let Some(CallEvent::Received(call)) = dan.told.first() else { panic!("{:?}", dan.told) };
    assert_eq!(call.inviter, user("bob"));
    assert_eq!(call.callees, ["dan", "ann"].map(user), "cat only rings, and bob has invited");
}
