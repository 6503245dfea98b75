//! One call of two people, whatever becomes of the server meanwhile.

use crate::support::{LATE, Person, new_call, now, rng::Rng, user};
use call_core::{CallError, CallEvent, Command, LinkState, NewCall};
use call_protocol::{CallId, Millis, Reason, UserId};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Notify, time::sleep};

/// How long a call rings that nobody answers, in seconds.
const SHORT_RING: u32 = 2;

pub struct Pair {
    number: usize,
    ann: Person,
    bob: Person,
    stage: Mutex<Stage>,
    /// Who is connected may hang up without the server's word all the same.
    store_may_fail: bool,
}

/// How far a pair's call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Idle,
    Placing,
    Ringing,
    Answering,
    Talking,
    Ending,
}

/// Something that somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Call,
    Answer,
    HangUp,
}

/// When the program is killed.
pub enum Moment {
    After(Duration),
    At { pair: usize, step: Step, delay: Duration },
}

pub struct Trigger {
    moment: Moment,
    reached: Notify,
    is_reached: AtomicBool,
    is_over: AtomicBool,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub begun: bool,
    pub reason: Reason,
    pub by: Option<UserId>,
    pub duration: Millis,
    /// It was said while the server was away: by who hung up, and it is that side's word only.
    pub alone: bool,
}

enum Plan {
    Talk,
    Reject,
    Cancel,
    NoAnswer,
}

impl Pair {
    pub fn new(number: usize, ann: Person, bob: Person) -> Self {
        Self { number, ann, bob, stage: Mutex::new(Stage::Idle), store_may_fail: false }
    }

    /// Where the server may have no answer although it is there, or has it too late for who hangs up.
    #[allow(dead_code)]
    pub fn without_a_sure_store(number: usize, ann: Person, bob: Person) -> Self {
        Self { store_may_fail: true, ..Self::new(number, ann, bob) }
    }

    pub fn people(&self) -> [&Person; 2] {
        [&self.ann, &self.bob]
    }

    pub fn stage(&self) -> Stage {
        *self.stage.lock().unwrap()
    }

    /// One whole call. Both must tell the same story of it.
    pub async fn call(&self, caller_is_ann: bool, mut rng: Rng, trigger: &Trigger) -> Ended {
        let (caller, callee) = if caller_is_ann { (&self.ann, &self.bob) } else { (&self.bob, &self.ann) };
        let plan = match rng.below(10) {
            0 => Plan::Reject,
            1 => Plan::Cancel,
            2 => Plan::NoAnswer,
            _ => Plan::Talk,
        };
        let mut call = new_call(&callee.name);
        if matches!(plan, Plan::NoAnswer) {
            call.timeout = SHORT_RING;
        }
        let id = call.id.clone();
        self.is(Stage::Placing);
        trigger.step(self.number, Step::Call).await;
        let is_doubtful = self.place(caller, call).await && self.store_may_fail;
        let rung = tokio::select! {
            biased;
            () = callee.until("the call", |seen| seen.find(|event| received(event, &id))) => true,
            // It rang only while the callee was not there: of that nobody is told.
            _ = ended(caller, &id), if is_doubtful || matches!(plan, Plan::NoAnswer) => false,
        };
        self.is(Stage::Ringing);
        if !rung {
            self.is(Stage::Idle);
            let told = ended(caller, &id).await;
            self.check_ending(&id, &plan, &told, is_doubtful);
            return told;
        }
        pause(&mut rng, 250).await;
        let mut talk = None;
        match plan {
            Plan::Reject => self.act(trigger, (callee, Command::Reject), (Stage::Answering, Step::Answer)).await,
            Plan::Cancel => self.act(trigger, (caller, Command::HangUp), (Stage::Ending, Step::HangUp)).await,
            Plan::NoAnswer => {}
            Plan::Talk => {
                let asked = now();
                self.act(trigger, (callee, Command::Accept), (Stage::Answering, Step::Answer)).await;
                let mut has_begun = true;
                for person in [caller, callee] {
                    has_begun &= tokio::select! {
                        biased;
                        () = person.until("the beginning", |seen| seen.find(|event| begun(event, &id))) => true,
                        _ = ended(person, &id), if is_doubtful => false,
                    };
                }
                if has_begun {
                    let both_in = now();
                    self.is(Stage::Talking);
                    pause(&mut rng, 900).await;
                    let who = if rng.chance(500) { caller } else { callee };
                    let hung_up = now();
                    self.act(trigger, (who, Command::HangUp), (Stage::Ending, Step::HangUp)).await;
                    talk = Some((asked, both_in, hung_up));
                }
            }
        }
        let [told_caller, told_callee] = [ended(caller, &id).await, ended(callee, &id).await];
        // Who hung up while the server was away knows the end before the server does.
        let told = if told_caller.alone { &told_callee } else { &told_caller };
        self.is(Stage::Idle);
        for person in [caller, callee] {
            check_order(person, &id, person.name == callee.name);
        }
        self.check(&id, &told_caller, &told_callee);
        self.check_ending(&id, &plan, told, is_doubtful);
        if let Some((asked, both_in, hung_up)) = talk {
            let over = now();
            let possible = (hung_up - both_in).saturating_sub(LATE)..=over - asked;
            let duration = told.duration;
            assert!(possible.contains(&duration), "{id}: {duration} ms, possible {possible:?}\n{}", self.told(&id));
        }
        Ended { alone: told_caller.alone || told_callee.alone, ..told.clone() }
    }

    /// Until the server has taken it. A second try may find that the first one was good; but what was not answered counts
    /// as failed, and the caller's client cancels it where it rings all the same. So after a second try the answer is true.
    async fn place(&self, caller: &Person, call: NewCall) -> bool {
        for again in 0.. {
            let Err(error) = caller.ask(Command::Invite(call.clone())).await else { return again > 0 };
            match error.code {
                CallError::NO_ANSWER => sleep(Duration::from_millis(50)).await,
                CallError::WRONG_STATE if again > 0 => break,
                _ => panic!("{} can't call: {error}\n{}", caller.name, self.told(&call.id)),
            }
        }
        true
    }

    async fn act(&self, trigger: &Trigger, (who, command): (&Person, Command), (stage, step): (Stage, Step)) {
        self.is(stage);
        tokio::join!(trigger.step(self.number, step), async {
            let answer = who.insist(command.clone()).await;
            // It was done at the first try, whose answer was lost.
            let done_before = |error: &CallError| error.code == CallError::WRONG_STATE;
            assert!(answer.as_ref().map_or_else(done_before, |_| true), "{} {command:?}: {answer:?}", who.name);
        });
    }

    fn check(&self, id: &CallId, told_caller: &Ended, told_callee: &Ended) {
        let same = if self.store_may_fail || told_caller.alone || told_callee.alone {
            // Two words on one end: what one side reckons and what the server does, to the second.
            let apart = told_caller.duration.abs_diff(told_callee.duration);
            (told_caller.begun, &told_caller.by) == (told_callee.begun, &told_callee.by) && apart < 1000
        } else {
            told_caller == told_callee
        };
        assert!(same, "{id}: {told_caller:?}, {told_callee:?}\n{}", self.told(id));
    }

    fn check_ending(&self, id: &CallId, plan: &Plan, ended: &Ended, is_doubtful: bool) {
        let expected = match plan {
            Plan::Talk => (true, Reason::HangUp),
            Plan::Reject => (false, Reason::Reject),
            Plan::Cancel => (false, Reason::Cancelled),
            Plan::NoAnswer => (false, Reason::NoResponse),
        };
        let names = self.people().map(|person| user(&person.name));
        let end = (ended.begun, ended.reason);
        let as_planned = end == expected || (is_doubtful && end == (false, Reason::Cancelled));
        let as_expected = as_planned && ended.by.as_ref().is_some_and(|by| names.contains(by));
        assert!(as_expected, "{id}: {ended:?}\n{}", self.told(id));
    }

    fn told(&self, id: &CallId) -> String {
        let of_call = |person: &Person| {
            let events = person.seen().events;
            let from = events.iter().position(|(_, event)| of(event) == Some(id)).unwrap_or(events.len());
            format!("{}: {:#?}", person.name, &events[from.saturating_sub(5)..])
        };
        format!("{}\n{}", of_call(&self.ann), of_call(&self.bob))
    }

    fn is(&self, stage: Stage) {
        *self.stage.lock().unwrap() = stage;
    }
}

impl Trigger {
    pub fn new(moment: Moment) -> Self {
        Self { moment, reached: Notify::new(), is_reached: AtomicBool::new(false), is_over: AtomicBool::new(false) }
    }

    pub fn never() -> Self {
        Self::new(Moment::After(Duration::MAX))
    }

    /// The kill has been: nobody need begin another call.
    pub fn over(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// Somebody is about to ask for something.
    async fn step(&self, pair: usize, step: Step) {
        let Moment::At { pair: wanted_pair, step: wanted, delay } = &self.moment else { return };
        if (*wanted_pair, *wanted) == (pair, step) && !self.is_reached.swap(true, Ordering::SeqCst) {
            // Tokio's timers are good to a millisecond only.
            let delay = *delay;
            let reached = tokio::task::spawn_blocking(move || std::thread::sleep(delay));
            let _ = reached.await;
            self.reached.notify_one();
        }
    }

    /// It is time. A step that this round's calls do not take comes after a while.
    pub async fn fired(&self) {
        match &self.moment {
            Moment::After(time) => sleep(*time).await,
            Moment::At { .. } => {
                tokio::select! {
                    () = self.reached.notified() => {}
                    () = sleep(Duration::from_secs(3)) => {}
                }
            }
        }
    }
}

async fn pause(rng: &mut Rng, at_most: usize) {
    sleep(Duration::from_millis(rng.below(at_most) as u64)).await;
}

async fn ended(person: &Person, id: &CallId) -> Ended {
    let ended = person.until("the end", |seen| seen.find(|event| ended_of(event, id))).await;
    let events = person.seen().events;
    let at = events.iter().position(|(_, event)| ended_of(event, id).is_some()).unwrap_or(0);
    let link = events[..at].iter().rev().find_map(|(_, event)| match event {
        CallEvent::Link { state, .. } => Some(*state),
        _ => None,
    });
    Ended { alone: link != Some(LinkState::Connected), ..ended }
}

fn of(event: &CallEvent) -> Option<&CallId> {
    match event {
        CallEvent::Received(call)
        | CallEvent::Begin(call)
        | CallEvent::NotConnected { call, .. }
        | CallEvent::End { call, .. } => Some(&call.id),
        _ => None,
    }
}

fn received(event: &CallEvent, id: &CallId) -> Option<()> {
    (matches!(event, CallEvent::Received(_)) && of(event) == Some(id)).then_some(())
}

fn begun(event: &CallEvent, id: &CallId) -> Option<()> {
    (matches!(event, CallEvent::Begin(_)) && of(event) == Some(id)).then_some(())
}

fn ended_of(event: &CallEvent, id: &CallId) -> Option<Ended> {
    let ended = match event {
        CallEvent::NotConnected { reason, by, .. } => {
            Ended { begun: false, reason: *reason, by: by.clone(), duration: 0, alone: false }
        }
        CallEvent::End { reason, by, duration, .. } => {
            Ended { begun: true, reason: *reason, by: by.clone(), duration: *duration, alone: false }
        }
        _ => return None,
    };
    (of(event) == Some(id)).then_some(ended)
}

/// Each event of a call once, and in order.
fn check_order(person: &Person, id: &CallId, is_callee: bool) {
    let events = person.seen().events;
    let names: Vec<&str> = events
        .iter()
        .filter(|(_, event)| of(event) == Some(id))
        .map(|(_, event)| match event {
            CallEvent::Received(_) => "received",
            CallEvent::Begin(_) => "begin",
            CallEvent::End { .. } => "end",
            _ => "not connected",
        })
        .collect();
    let whole: &[&str] = if is_callee { &["received", "begin", "end"] } else { &["begin", "end"] };
    let short: &[&str] = if is_callee { &["received", "not connected"] } else { &["not connected"] };
    assert!(names == whole || names == short, "{}: {names:?}\n{events:#?}", person.name);
}
