//! Every state of a call x every step x every point at which a node can die: what is possible must have happened, and
//! what is held to be impossible must not.

use crate::shell::{
    probe::{Point, Spot, State},
    step_kind::Kind,
};
use std::collections::BTreeSet;

/// Which calls a rule is about.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Of {
    Any,
    Two,
    Group,
}

#[derive(Debug, Clone, Copy)]
enum Steps {
    These(&'static [Kind]),
    AllBut(&'static [Kind]),
}

/// Combinations that cannot be, and why.
struct Impossible {
    states: &'static [State],
    of: Of,
    steps: Steps,
    points: &'static [Point],
    #[allow(dead_code)] // it is for the reader
    why: &'static str,
}

use Kind::*;
use Point::{Before, Later, Written};
use State::*;
use Steps::{AllBut, These};

const ANY_STATE: &[State] = &State::ALL;
const ANY_POINT: &[Point] = &Point::ALL;

const RUNNING: &[State] = &[Ringing, Connected];
const BEFORE_RINGING: &[State] = &[Absent, Placing, Aborted];
const NOT_PLACING: &[State] = &[Absent, Ringing, Connected, Aborted];

const IMPOSSIBLE: &[Impossible] = &[
    Impossible {
        states: &[Absent],
        of: Of::Any,
        steps: AllBut(&[Create]),
        points: ANY_POINT,
        why: "what is not there can only be made",
    },
    Impossible {
        states: &[Placing, Ringing, Connected, Aborted],
        of: Of::Any,
        steps: These(&[Create]),
        points: ANY_POINT,
        why: "what is there is not made once more",
    },
    Impossible {
        states: &[Aborted],
        of: Of::Any,
        steps: AllBut(&[Create, PlaceAgain]),
        points: ANY_POINT,
        why: "nobody knows of an aborted call but whoever places it",
    },
    Impossible {
        states: &[Absent, Placing, Ringing, Connected],
        of: Of::Any,
        steps: These(&[PlaceAgain]),
        points: ANY_POINT,
        why: "only an aborted call is placed again",
    },
    Impossible {
        states: NOT_PLACING,
        of: Of::Any,
        steps: These(&[Ring, Abort]),
        points: ANY_POINT,
        why: "they end the placing",
    },
    Impossible {
        states: &[Placing],
        of: Of::Any,
        steps: These(&[
            Invite,
            RingInvited,
            Enter,
            Join,
            GiveUp,
            Accept,
            Reject,
            SwitchMedia,
            Away,
            Back,
            Vouch,
            GraceAnew,
            NodeLost,
            DropOffline,
            DropKicked,
            DropLeft,
        ]),
        points: ANY_POINT,
        why: "nobody is in it, and nobody was told of it; its caller may only give it up",
    },
    Impossible {
        states: BEFORE_RINGING,
        of: Of::Any,
        steps: These(&[Vouch, GraceAnew]),
        points: ANY_POINT,
        why: "nobody is away from what has not begun",
    },
    Impossible {
        states: ANY_STATE,
        of: Of::Group,
        steps: These(&[Cross, SwitchMedia]),
        points: ANY_POINT,
        why: "only two can call each other; a group keeps its media type",
    },
    Impossible {
        states: &[Connected],
        of: Of::Any,
        steps: These(&[Cross]),
        points: ANY_POINT,
        why: "the other one has answered already",
    },
    Impossible {
        states: &[Ringing],
        of: Of::Two,
        steps: These(&[Invite, RingInvited, Fence, Join, GiveUp]),
        points: ANY_POINT,
        why: "a call of two is for two until it is answered",
    },
    Impossible {
        states: RUNNING,
        of: Of::Two,
        steps: These(&[Join, GiveUp]),
        points: ANY_POINT,
        why: "nobody joins a call of two",
    },
    Impossible {
        states: &[Connected],
        of: Of::Two,
        steps: These(&[Accept, Reject, Enter]),
        points: ANY_POINT,
        why: "nobody is rung by a call of two that was answered",
    },
    Impossible {
        states: &[Ringing],
        of: Of::Any,
        steps: These(&[Vouch]),
        points: ANY_POINT,
        why: "only who talks with another one hears it",
    },
    Impossible {
        states: &[Ringing],
        of: Of::Two,
        steps: These(&[Cross, Enter]),
        points: &[Later],
        why: "they answer, and nothing comes after that",
    },
    Impossible {
        states: RUNNING,
        of: Of::Any,
        steps: These(&[Accept, SwitchMedia, Away, Back, Vouch, NodeLost, Join]),
        points: &[Later],
        why: "they set nobody free, and nothing comes after them",
    },
];

/// Possible, but only where several things go wrong in one and the same second: not asked of every run.
const RARE: &[Impossible] = &[
    Impossible {
        states: &[Placing],
        of: Of::Any,
        steps: These(&[Leave]),
        points: &[Before, Written, Later],
        why: "the first connection's node is slow, the second one's fails, and only the farewell gets through",
    },
    Impossible {
        states: &[Ringing],
        of: Of::Group,
        steps: These(&[GiveUp, Fence]),
        points: ANY_POINT,
        why: "somebody is taken by another call between two looks, and nobody has answered this one yet",
    },
];

impl Impossible {
    fn covers(&self, spot: &Spot) -> bool {
        let of = match self.of {
            Of::Any => true,
            Of::Two => !spot.group,
            Of::Group => spot.group,
        };
        let steps = match self.steps {
            These(steps) => steps.contains(&spot.step),
            AllBut(steps) => !steps.contains(&spot.step),
        };
        of && steps && self.states.contains(&spot.state) && self.points.contains(&spot.point)
    }
}

fn all() -> impl Iterator<Item = Spot> {
    let groups = [false, true];
    State::ALL.into_iter().flat_map(move |state| {
        groups.into_iter().flat_map(move |group| {
            Kind::ALL
                .into_iter()
                .flat_map(move |step| Point::ALL.into_iter().map(move |point| Spot { state, group, step, point }))
        })
    })
}

/// What is possible and was not come across, and what was and should be impossible.
pub fn gaps(reached: &BTreeSet<Spot>) -> (Vec<Spot>, Vec<Spot>) {
    let is_impossible = |spot: &Spot| IMPOSSIBLE.iter().any(|rule| rule.covers(spot));
    let missed = possible().filter(|spot| !reached.contains(spot)).collect();
    let wrong = reached.iter().filter(|spot| is_impossible(spot)).copied().collect();
    (missed, wrong)
}

/// The combinations that a run must come across.
pub fn possible() -> impl Iterator<Item = Spot> {
    all().filter(|spot| !IMPOSSIBLE.iter().chain(RARE).any(|rule| rule.covers(spot)))
}
