use crate::rng::Rng;

/// Where a run could go on in several ways, this says how: by chance, or all ways one after the other.
pub trait Choices {
    /// One of `0..count`.
    fn choose(&mut self, count: usize) -> usize;
}

impl Choices for Rng {
    fn choose(&mut self, count: usize) -> usize {
        self.below(count)
    }
}

/// Goes through all ways, depth first.
#[derive(Default)]
pub struct Every {
    path: Vec<(usize, usize)>,
    depth: usize,
}

impl Choices for Every {
    fn choose(&mut self, count: usize) -> usize {
        if self.depth == self.path.len() {
            self.path.push((0, count));
        }
        let (chosen, known) = self.path[self.depth];
        assert_eq!(known, count, "a run must depend on its choices alone");
        self.depth += 1;
        chosen
    }
}

impl Every {
    /// Moves to the next way. False: that was the last.
    fn advance(&mut self) -> bool {
        self.depth = 0;
        while let Some((chosen, count)) = self.path.pop() {
            if chosen + 1 < count {
                self.path.push((chosen + 1, count));
                return true;
            }
        }
        false
    }
}

/// Runs `run` once for every way it can go; answers with how many there were.
pub fn in_every_way(mut run: impl FnMut(&mut Every)) -> usize {
    let mut every = Every::default();
    let mut ways = 0;
    loop {
        run(&mut every);
        ways += 1;
        if !every.advance() {
            return ways;
        }
    }
}

/// Runs `run` with many seeds, and names the one that fails.
pub fn with_seeds(seeds: u64, run: impl Fn(&mut Rng) + std::panic::RefUnwindSafe) {
    for seed in 0..seeds {
        let outcome = std::panic::catch_unwind(|| run(&mut Rng::new(seed)));
        if let Err(cause) = outcome {
            eprintln!("seed {seed}");
            std::panic::resume_unwind(cause);
        }
    }
}
