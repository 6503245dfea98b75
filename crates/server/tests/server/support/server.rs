use call_server::{AppKeys, Apps, Config, Limits, Secrets, Timings, run, sign};
use std::{
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

pub const APP: u32 = 1_400_000_000;

/// A server of its own for each test; it ends with the test's runtime.
pub struct Server {
    pub address: SocketAddr,
    pub keys: AppKeys,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let keys = AppKeys::new(APP, vec!["the first secret".into(), "the second secret".into()]).unwrap();
        let other = AppKeys::new(APP + 1, vec!["the other app's secret".into()]).unwrap();
        let secrets = Secrets { apps: Apps::new([keys.clone(), other]).unwrap(), ..Secrets::default() };
        let mut config = Config { secrets: secrets.into(), limits: Limits::OFF, ..Config::default() };
        change(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(run(listener, config, async {
            let _ = stopped.await;
        }));
        Self { address, keys, stop: Some(stop), task }
    }

    pub fn sig(&self, user: &str) -> String {
        sign(&self.keys, user, now(), 3600)
    }

    /// A userSig that expires after so many seconds from now on (negative: has expired).
    pub fn sig_that_expires_in(&self, user: &str, seconds: i64) -> String {
        let issued = now() - 3_600_000;
        sign(&self.keys, user, issued, u64::try_from(3600 + seconds).unwrap())
    }

    pub fn begin_shutdown(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub async fn ended(self) -> std::io::Result<()> {
        self.task.await.unwrap()
    }
}

/// Everything that is waited for comes soon, but beats are far away.
pub fn quick() -> Timings {
    Timings {
        write: Duration::from_millis(300),
        grace: Duration::from_millis(400),
        drain: Duration::from_millis(200),
        ..Timings::default()
    }
}

pub fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}
