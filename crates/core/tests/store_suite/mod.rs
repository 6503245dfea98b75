//! What every store must do. One test per function of `cases`, `races` and `model`; `store_suite!` makes them tests of
//! a kind of store.

pub mod cases;
pub mod model;
pub mod races;
#[path = "../support/rng.rs"]
#[allow(dead_code)]
pub mod rng;
pub mod values;

use call_core::Store;
use std::{future::Future, sync::Arc};

/// A kind of store.
pub trait Kind: Sync {
    type Store: Store + 'static;

    /// A new and empty one.
    fn open(&self) -> Arc<Self::Store>;

    /// The same one after its process has ended and another one has begun. None: it does not outlive its process.
    fn reopen(&self, store: Arc<Self::Store>) -> Option<Arc<Self::Store>>;

    /// So many are tried at random. Fewer where each is a way over the network.
    fn operations(&self) -> usize {
        10_000
    }

    /// Runs a future to its end on this thread.
    fn run<T>(&self, future: impl Future<Output = T>) -> T;
}

#[macro_export]
macro_rules! store_suite {
    ($kind:expr; $($module:ident: $($case:ident)*;)*) => {
        $($(
            #[test]
            fn $case() {
                $crate::store_suite::$module::$case(&$kind);
            }
        )*)*
    };
    ($kind:expr) => {
        $crate::store_suite! { $kind;
            cases:
                a_write_needs_the_version_that_is_there
                a_removal_needs_the_version_that_is_there
                a_key_made_again_never_has_an_old_version
                every_write_makes_a_new_version
                keys_do_not_meet
                values_come_back_as_they_were
                what_was_written_is_read_by_everybody
                everything_is_there_after_a_restart;
            races:
                no_increment_is_lost
                of_many_creations_one_wins
                of_a_write_and_a_removal_one_wins;
            model:
                random_operations_agree_with_a_model;
        }
    };
}
