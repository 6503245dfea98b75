//! Rules of the core that are broken one by one in a copy of the sources: the simulation must notice each.

pub struct Mutation {
    /// What the core does, and here does not.
    pub rule: &'static str,
    pub file: &'static str,
    /// Found once in the file, and replaced.
    pub from: &'static str,
    pub to: &'static str,
}

pub const MUTATIONS: &[Mutation] = &[
    Mutation {
        rule: "claims are taken in one order for all, not the caller's first",
        file: "crates/core/src/authority/place.rs",
        from: "        users.sort();\n",
        to: "",
    },
    Mutation {
        rule: "a claim that is late is fenced before it is taken",
        file: "crates/core/src/authority/claim.rs",
        from: "(Hold::Late, Some(holder)) => {",
        to: "(Hold::Late, Some(holder)) if call.rev == 0 => {",
    },
    Mutation {
        rule: "who has a firm claim is busy",
        file: "crates/core/src/authority/claim.rs",
        from: "(Hold::Firm, Some((holder, _))) =>",
        to: "(Hold::Firm, Some((holder, _))) if call.rev == 0 =>",
    },
    Mutation {
        rule: "nobody is told before the commit",
        file: "crates/core/src/authority/write.rs",
        from: "            match self.advance(&stored, step).await? {\n                Advance::Done(committed) => {\n                    self.settled",
        to: "            if let Some(next) = transition(&stored.0, step, self.clock.now())? {\n                tell(Committed { old: Some(stored.0.clone()), new: Arc::new(next) });\n            }\n            match self.advance(&stored, step).await? {\n                Advance::Done(committed) => {\n                    self.settled",
    },
    Mutation {
        rule: "claims are released after the commit that sets them free",
        file: "crates/core/src/authority/write.rs",
        from: "            match self.advance(&stored, step).await? {\n                Advance::Done(committed) => {\n                    self.settled",
        to: "            if let Some(next) = transition(&stored.0, step, self.clock.now())? {\n                for member in &stored.0.members {\n                    self.release_unheld(&next, member.generation, std::slice::from_ref(&member.user)).await;\n                }\n            }\n            match self.advance(&stored, step).await? {\n                Advance::Done(committed) => {\n                    self.settled",
    },
    Mutation {
        rule: "who loses a compare-and-swap loads again",
        file: "crates/core/src/authority/write.rs",
        from: "Advance::Lost => drop(first.get_or_insert(stored.0)),",
        to: "Advance::Lost => return Ok((first.insert(stored.0.clone()).rev == 0, stored.0)),",
    },
    Mutation {
        rule: "an invitation that is repeated is recognised",
        file: "crates/core/src/transition/invite.rs",
        from: "(number > 0).then(",
        to: "(number > u32::MAX - 1).then(",
    },
    Mutation {
        rule: "what is not claimed in time is aborted",
        file: "crates/core/src/transition/expire.rs",
        from: "let mut changed = fence(call, now);",
        to: "let mut changed = false;",
    },
    Mutation {
        rule: "no two changes of a call have the same time",
        file: "crates/core/src/transition.rs",
        from: "call.updated_at.saturating_add(1)",
        to: "call.updated_at",
    },
    Mutation {
        rule: "grace starts anew after an outage",
        file: "crates/core/src/authority.rs",
        from: "<= now) {\n            let anew",
        to: "<= now && now == 0) {\n            let anew",
    },
    Mutation {
        rule: "the first answer wins",
        file: "crates/core/src/transition/answer.rs",
        from: "MemberState::Joined if member.is_with(session.id) => return Ok(false),\n        _ => return Err(Refused::WrongState),\n    }\n    Ok(true)\n}\n\npub(super) fn reject",
        to: "MemberState::Joined if member.is_with(session.id) => return Ok(false),\n        MemberState::Joined => member.session = Some(session.clone()),\n        _ => return Err(Refused::WrongState),\n    }\n    Ok(true)\n}\n\npub(super) fn reject",
    },
    Mutation {
        rule: "others see of a claim that is being taken what they knew before",
        file: "crates/core/src/transition/enter.rs",
        from: "        MemberState::Busy => {\n            let told",
        to: "        MemberState::Busy if before.generation > 0 => before.prev,\n        MemberState::Busy => {\n            let told",
    },
    Mutation {
        rule: "late news of another call is checked against the store",
        file: "crates/core/src/told.rs",
        from: "self.shown.as_ref().is_some_and(|shown| *shown != call.id)",
        to: "self.shown.as_ref().is_some_and(|shown| *shown != call.id && call.rev == 0)",
    },
    Mutation {
        rule: "who is out is told so",
        file: "crates/core/src/delivery.rs",
        from: "before.is_some() || now.is_some_and(",
        to: "now.is_some_and(",
    },
    Mutation {
        rule: "a client drops what is not newer",
        file: "crates/core/src/client/calling.rs",
        from: "if known.as_ref().is_some_and(|view| view.call.rev >= snapshot.rev) {",
        to: "if known.as_ref().is_some_and(|view| view.call.rev > snapshot.rev + 1_000) {",
    },
    Mutation {
        rule: "a client remembers which calls are over",
        file: "crates/core/src/client/leaving.rs",
        from: "self.closed.push((call, generation, at));",
        to: "drop((call, generation, at));",
    },
    Mutation {
        rule: "what was said goodbye to stays gone, whatever a later snapshot says",
        file: "crates/core/src/client/channel.rs",
        from: "            if *of == call.id {\n                depart(",
        to: "            if *of == call.id && call.rev == 0 {\n                depart(",
    },
    Mutation {
        rule: "a hung-up part is not the next one",
        file: "crates/core/src/client/leaving.rs",
        from: "self.is_view_of(call) && self.leaving.as_ref().is_some_and(|(leaving, _)| leaving == call)",
        to: "self.is_view_of(call)",
    },
    Mutation {
        rule: "a farewell that comes late counts from when it was said",
        file: "crates/core/src/transition/leave.rs",
        from: "let Some(named) = named else",
        to: "let Some(named) = named.filter(|_| now == 0) else",
    },
];
