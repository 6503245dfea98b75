//! Rules that a test breaks, to see that it would notice.

use super::Authority;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake {
    CallerFirst,
    NoFence,
    NoClaimInMidCall,
}

impl<S, C> Authority<S, C> {
    pub(crate) fn with_mistake(mut self, mistake: Option<Mistake>) -> Self {
        self.mistake = mistake;
        self
    }

    pub(super) fn sorts_claims(&self) -> bool {
        self.mistake != Some(Mistake::CallerFirst)
    }

    pub(super) fn fences(&self) -> bool {
        self.mistake != Some(Mistake::NoFence)
    }

    pub(super) fn claims_in_mid_call(&self) -> bool {
        self.mistake != Some(Mistake::NoClaimInMidCall)
    }
}
