//! Volumes and network quality, while a call is on and somebody listens.

use super::Driver;
use crate::{
    dialect::web::current::{ON_USER_NETWORK_QUALITY_CHANGED, USER_VOICE_VOLUME},
    stats::look,
    web::{self, Timeout},
};
use call_core::{CallEvent, NetworkQuality, Sample, own_quality, volume};
use call_protocol::UserId;
use std::{cell::RefCell, rc::Rc};

/// Milliseconds from one look to the next.
const PERIOD: u32 = 1000;

#[derive(Default)]
pub(super) struct Meter {
    timer: RefCell<Option<Timeout>>,
    /// What the network's quality is compared with. Two looks ago: in a second a single lost packet would be much.
    before: RefCell<Vec<(UserId, Sample)>>,
    last: RefCell<Vec<(UserId, Sample)>>,
}

impl Driver {
    pub(super) fn start_meter(self: &Rc<Self>) {
        let this = Rc::downgrade(self);
        let timer = Timeout::new(PERIOD, move || {
            let Some(this) = this.upgrade() else { return };
            web::spawn(async move {
                this.measure().await;
                if this.client.borrow().in_call() {
                    this.start_meter();
                }
            });
        });
        self.meter.timer.replace(Some(timer));
    }

    pub(super) fn stop_meter(&self) {
        self.meter.timer.take();
        self.meter.before.take();
        self.meter.last.take();
    }

    async fn measure(&self) {
        let (volumes, network) =
            (self.emitter.hears(USER_VOICE_VOLUME), self.emitter.hears(ON_USER_NETWORK_QUALITY_CHANGED));
        let Some(me) = self.user().filter(|_| volumes || network) else { return };
        let (users, connections): (Vec<_>, Vec<_>) = self.session.live().into_iter().unzip();
        let Some((own, samples)) = look(connections).await else { return };
        if !self.client.borrow().in_call() {
            return;
        }
        if volumes {
            let own = if self.devices().muted() { 0 } else { volume(own) };
            let others = users.iter().cloned().zip(samples.iter().map(Sample::volume));
            self.emit(&CallEvent::Volumes([(me.clone(), own)].into_iter().chain(others).collect()));
        }
        let mut list = vec![(me, own_quality(&samples))];
        let samples: Vec<_> = users.into_iter().zip(samples).collect();
        list.extend(samples.iter().map(|(user, sample)| (user.clone(), self.quality(user, sample))));
        self.meter.before.replace(self.meter.last.replace(samples));
        if network {
            self.emit(&CallEvent::Network(list));
        }
    }

    /// Unknown for a member of whom there is nothing to compare with.
    fn quality(&self, user: &UserId, sample: &Sample) -> NetworkQuality {
        let before = self.meter.before.borrow();
        let known = before.iter().find(|(known, _)| known == user);
        known.map(|(_, before)| sample.down(before)).unwrap_or_default()
    }
}
