use crate::{
    act::user_of,
    histories,
    life::Life,
    plan::{Answer, Plan, TrapPlan},
    shell::{
        probe::{Spot, Trap},
        world::World,
    },
    situations::Situation,
    support::{names::user, truth::Truth},
};
use call_core::SessionId;
use call_protocol::{Millis, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// One run of a plan.
pub struct Run<'a> {
    pub plan: &'a Plan,
    pub world: World,
    pub truth: Truth,
    pub lives: BTreeMap<&'static str, Life>,
    /// Every session that there was.
    pub sessions: BTreeMap<SessionId, UserId>,
    /// How many calls were placed.
    pub calls: u64,
    situations: BTreeSet<Situation>,
    /// What is due by itself.
    agenda: BTreeMap<(Millis, u64), Due>,
    rings: usize,
    traces: bool,
}

enum Due {
    Answer(&'static str, u32, Answer),
    StoreAnswers(usize),
}

/// What a run came across.
#[derive(Debug, Default)]
pub struct Report {
    pub spots: BTreeSet<Spot>,
    /// In how many runs each came up.
    pub situations: BTreeMap<Situation, u32>,
    pub calls: u64,
    pub rings: usize,
    pub begun: usize,
}

impl Report {
    pub fn add(&mut self, mut other: Self) {
        self.spots.append(&mut other.spots);
        for (situation, runs) in other.situations {
            *self.situations.entry(situation).or_default() += runs;
        }
        self.calls += other.calls;
        self.rings += other.rings;
        self.begun += other.begun;
    }
}

impl<'a> Run<'a> {
    pub fn new(plan: &'a Plan, traces: bool) -> Self {
        let mut world = World::new(plan.conditions.clone(), plan.seed);
        {
            let mut probe = world.cluster.probe.lock().unwrap();
            probe.traps = plan.traps.iter().map(|trap| Trap(trap.spot())).collect();
            probe.slow = plan.slow.map(TrapPlan::spot);
        }
        world.last = 1000;
        Self {
            plan,
            world,
            truth: Truth::default(),
            lives: BTreeMap::new(),
            sessions: BTreeMap::new(),
            calls: 0,
            situations: BTreeSet::new(),
            agenda: BTreeMap::new(),
            rings: 0,
            traces,
        }
    }

    pub fn play(mut self) -> Result<Report, String> {
        for (pause, action) in &self.plan.actions {
            self.wait(*pause)?;
            self.trace(|| format!("{action:?}"));
            self.act(action);
            self.look()?;
        }
        self.settle()?;
        histories::check(&self)?;
        let mut spots = std::mem::take(&mut self.world.crashes);
        spots.append(&mut self.world.cluster.probe.lock().unwrap().reached);
        let sum = |count: fn(&Life) -> usize| self.lives.values().map(count).sum();
        let begun = sum(|life| life.begun);
        let situations = self.situations.into_iter().map(|situation| (situation, 1)).collect();
        Ok(Report { spots, situations, calls: self.calls, rings: self.rings, begun })
    }

    pub fn wait(&mut self, millis: Millis) -> Result<(), String> {
        let end = self.world.now() + millis;
        while let Some((&(at, number), _)) = self.agenda.first_key_value().filter(|((at, _), _)| *at <= end) {
            self.pass_to(at)?;
            match self.agenda.remove(&(at, number)) {
                Some(Due::Answer(who, life, answer)) if self.is_loaded(who, life) => {
                    self.answer(who, answer);
                    self.look()?;
                }
                Some(Due::StoreAnswers(node)) => {
                    self.world.cluster.probe.lock().unwrap().cut_off.remove(&node);
                }
                Some(Due::Answer(..)) | None => {}
            }
        }
        self.pass_to(end)
    }

    fn pass_to(&mut self, end: Millis) -> Result<(), String> {
        while self.world.step_until(end) {
            if !self.world.healed && self.world.rng.chance(10) {
                self.world.cluster.store.flush_one();
            }
            self.look()?;
        }
        Ok(())
    }

    /// What must hold after each thing that happens.
    pub fn look(&mut self) -> Result<(), String> {
        let told = std::mem::take(&mut self.world.cluster.state.borrow_mut().told);
        for committed in &told {
            self.truth.hear(committed);
            if Situation::claims_a_busy_one(&committed.new) {
                self.situations.insert(Situation::BusyOneIsClaimed);
            }
        }
        if self.world.told_of_departed {
            self.situations.insert(Situation::SaidGoodbyeAndStillIn);
        }
        self.truth.check(&self.world.cluster.store)?;
        if let Some(undone) = self.world.cluster.state.borrow_mut().undone.take() {
            return Err(undone);
        }
        self.note_sessions();
        let now = self.world.now();
        let names: Vec<&'static str> = self.world.people.keys().copied().collect();
        for name in names {
            let person = &self.world.people[name];
            let life = self.lives.entry(name).or_default();
            let news = life.follow(person).map_err(|error| format!("{name}: {error}"))?;
            if life.farewell_is_outlived(person, now) {
                self.situations.insert(Situation::BackBeforeTheFarewellIsAnswered);
            }
            let number = person.life;
            for line in &news.lines {
                self.trace(|| format!("  {name} <- {line}"));
            }
            for end in &news.ended {
                self.check_end(name, end).map_err(|error| format!("{name}: {error}: {end:?}"))?;
            }
            if news.rung && !self.world.healed {
                self.react(name, number);
            }
        }
        Ok(())
    }

    fn react(&mut self, who: &'static str, life: u32) {
        if let Some(reaction) = self.plan.reactions.get(self.rings) {
            self.due(self.world.now() + reaction.after, Due::Answer(who, life, reaction.what));
        }
        self.rings += 1;
    }

    pub fn reconnect_store(&mut self, at: Millis, node: usize) {
        self.due(at, Due::StoreAnswers(node));
    }

    fn is_loaded(&self, who: &str, life: u32) -> bool {
        self.world.people.get(who).is_some_and(|person| person.life == life)
    }

    fn due(&mut self, at: Millis, due: Due) {
        self.world.last += 1;
        self.agenda.insert((at, self.world.last), due);
    }

    fn note_sessions(&mut self) {
        let state = self.world.cluster.state.borrow();
        for session in &state.sessions {
            self.sessions.entry(session.id).or_insert_with(|| session.user.clone());
            let page = session.socket.and_then(|socket| self.world.sockets.get(&socket)).map(|socket| socket.page);
            if let Some(page) = page
                && self.world.people.get(page).is_some_and(|person| person.socket == session.socket)
            {
                let sessions = &mut self.lives.entry(page).or_default().sessions;
                if !sessions.contains(&session.id) {
                    sessions.push(session.id);
                }
            }
        }
    }

    pub fn trace(&self, line: impl Fn() -> String) {
        if self.traces {
            let now = self.world.now() - crate::support::names::START;
            eprintln!("{:>6}.{:03} {}", now / 1000, now % 1000, line());
        }
    }

    pub fn me(&self, who: &str) -> UserId {
        user(user_of(who))
    }
}
