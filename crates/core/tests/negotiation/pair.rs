use crate::{
    browser::{State, description_of},
    choices::Choices,
    side::Side,
};
use call_protocol::Signal;
use std::collections::VecDeque;

/// Two connected sides. Side 0, the caller's, makes the first offer; side 1 gives way.
pub struct Pair {
    pub sides: [Side; 2],
    /// On the way to the side of this index, in order.
    wires: [VecDeque<Signal>; 2],
    /// What people want, each at some time.
    wishes: Vec<Wish>,
    pub steps: usize,
    lossless: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Offer(usize, bool),
    AnswerNow(usize),
    Gather(usize),
    /// The browser refuses what it is at, if it is at something.
    Fail(usize),
    /// This side loses its signaling, and with it all that is on the way; on its return both sides say again what
    /// the other may lack.
    Break(usize),
}

#[derive(Clone, Copy)]
enum Move {
    Wish(usize),
    Finish(usize),
    Deliver(usize),
}

impl Pair {
    pub fn new() -> Self {
        Self {
            sides: [Side::new('a', false), Side::new('b', true)],
            wires: [VecDeque::new(), VecDeque::new()],
            wishes: Vec::new(),
            steps: 0,
            lossless: true,
        }
    }

    /// Agreed once, with nothing on the way.
    pub fn connected() -> Self {
        let mut pair = Self::new();
        pair.run(&[Wish::Offer(0, false)], &mut crate::choices::Every::default());
        pair.check_agreed();
        pair
    }

    /// Fulfils the wishes and lets everything happen, in an order that is chosen, until nothing is left to do.
    pub fn run(&mut self, wishes: &[Wish], choices: &mut impl Choices) {
        self.wishes.extend(wishes);
        loop {
            let moves = self.moves();
            if moves.is_empty() {
                return;
            }
            let next = moves[if moves.len() == 1 { 0 } else { choices.choose(moves.len()) }];
            self.make(next);
            self.steps += 1;
            assert!(self.steps < 10_000, "it does not come to rest");
        }
    }

    /// Both sides are stable and agree on the last offer and answer.
    pub fn check_agreed(&self) {
        self.check_at_rest();
        let [a, b] = &self.sides;
        assert!(a.browser.agreed.is_some());
        let last = |side: &Side| side.browser.agreed.clone().map(|(offer, answer)| (own(&offer), own(&answer)));
        assert_eq!(last(a), last(b), "each side believes in another agreement");
        self.check_candidates();
    }

    pub fn check_at_rest(&self) {
        let states = self.sides.each_ref().map(|side| side.browser.state());
        assert_eq!(states, [State::Stable, State::Stable]);
    }

    /// After what was doubled, lost or refused, a restart by the first offerer, which is what a failed connection
    /// leads to, makes the sides agree again.
    pub fn check_mends(&mut self, choices: &mut impl Choices) {
        self.lossless = false;
        self.sides.iter_mut().for_each(|side| side.browser.trusting = false);
        self.run(&[Wish::Offer(0, true)], choices);
        self.check_agreed();
    }

    /// Every candidate of a description that was applied has arrived, and none before that description.
    pub fn check_candidates(&self) {
        for (from, to) in [(0, 1), (1, 0)] {
            let (from, to) = (&self.sides[from], &self.sides[to].browser);
            to.check_candidates();
            let wanted = from.found.iter().filter(|found| to.applied.contains(description_of(found)));
            let missing: Vec<_> = wanted.filter(|found| !to.candidates.contains(found)).collect();
            assert!(!self.lossless || missing.is_empty(), "lost: {missing:?}");
        }
    }

    fn moves(&self) -> Vec<Move> {
        let busy = [0, 1].into_iter().filter(|side| self.sides[*side].browser.is_busy()).map(Move::Finish);
        let wires = [0, 1].into_iter().filter(|side| !self.wires[*side].is_empty()).map(Move::Deliver);
        (0..self.wishes.len()).map(Move::Wish).chain(busy).chain(wires).collect()
    }

    fn make(&mut self, next: Move) {
        match next {
            Move::Wish(index) => {
                let wish = self.wishes.remove(index);
                self.fulfil(wish);
            }
            Move::Finish(side) => self.sides[side].finish(),
            Move::Deliver(side) => {
                let signal = self.wires[side].pop_front().expect("a signal");
                self.sides[side].hear(signal);
            }
        }
        for side in [0, 1] {
            self.wires[1 - side].extend(self.sides[side].sent.drain(..));
        }
    }

    fn fulfil(&mut self, wish: Wish) {
        match wish {
            Wish::Offer(side, restart) => self.sides[side].offer(restart),
            Wish::AnswerNow(side) => self.sides[side].answer_now(),
            Wish::Gather(side) => self.sides[side].gather(),
            Wish::Fail(side) if self.sides[side].browser.is_busy() => self.sides[side].fail(),
            Wish::Fail(_) => {}
            Wish::Break(side) => {
                self.lossless = false;
                self.sides.iter_mut().for_each(|side| side.browser.trusting = true);
                self.wires.iter_mut().for_each(VecDeque::clear);
                // It says again what the other may lack, and asks for what it may lack itself.
                self.sides[side].hear(Signal::Resend);
                self.wires[1 - side].push_back(Signal::Resend);
            }
        }
    }
}

fn own(sdp: &str) -> String {
    sdp.split('>').next().unwrap_or(sdp).to_owned()
}
