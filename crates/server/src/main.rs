mod logging;

use call_server::{Config, Flags, LiveSecrets, Server, own_addresses};
use clap::Parser;
use std::{
    error::Error,
    io::{self, Write},
    net::SocketAddr,
    process::ExitCode,
};
use tokio::net::TcpListener;
use tracing::{error, info, warn};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    use_small_pages();
    run()
}

#[tokio::main]
async fn run() -> ExitCode {
    match start(Flags::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Connections are many small things, taken and given back at any time: of huge pages, most would be held for nothing.
#[cfg(target_os = "linux")]
fn use_small_pages() {
    // A kernel that can't be asked is as good, only larger.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

#[cfg(not(target_os = "linux"))]
fn use_small_pages() {}

async fn start(flags: Flags) -> Result<(), Box<dyn Error>> {
    logging::start(&flags.log, flags.log_format);
    let (listen, admin) = (flags.listen.clone(), flags.back_end.admin.clone());
    let config = flags.clone().into_config()?;
    let listener = bind(&listen).await?;
    let admin = match &admin {
        Some(admin) => Some(bind(admin).await?),
        None => None,
    };
    let address = listener.local_addr()?;
    let admin_address = admin.as_ref().map(TcpListener::local_addr).transpose()?;
    let stop = stop_signal()?;
    reload_when_asked(flags, config.secrets.clone())?;
    let server = Server::open(config.clone()).await?;
    announce(address, admin_address, &config)?;
    match admin {
        Some(admin) => server.run_with_admin(listener, admin, stop).await?,
        None => server.run(listener, stop).await?,
    }
    Ok(())
}

async fn bind(address: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("can't listen on {address}: {error}"))
}

/// The first line on standard output, by which scripts learn that the server is ready, and where; with an admin port a
/// second one.
fn announce(address: SocketAddr, admin: Option<SocketAddr>, config: &Config) -> io::Result<()> {
    if config.dev.is_some() {
        warn!(
            "--dev: ANYBODY who reaches {address} can get a userSig for ANY user, and pages of EVERY Origin may connect"
        );
    }
    let scheme = if config.secrets.current().tls.is_some() { "https" } else { "http" };
    if address.ip().is_unspecified() {
        for own in own_addresses() {
            info!("reachable at {scheme}://{}", SocketAddr::new(own, address.port()));
        }
    }
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "listening on {scheme}://{address}")?;
    if let Some(admin) = admin {
        writeln!(stdout, "admin on http://{admin}")?;
    }
    stdout.flush()
}

/// Resolves when an operator asks the server to stop. Signals count from the call of this function on.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// Exchanges the secrets for what is in the files now, whenever SIGHUP comes. Files that can't be used change nothing.
#[cfg(unix)]
fn reload_when_asked(flags: Flags, secrets: LiveSecrets) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    // A developer's server ends with its terminal.
    if flags.dev {
        return Ok(());
    }
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hang_up.recv().await.is_some() {
            match flags.read_secrets() {
                Ok(new) => {
                    secrets.exchange(new);
                    info!("secrets are read again");
                }
                Err(error) => error!(%error, "secrets are not read again: those from before stay in force"),
            }
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn reload_when_asked(_: Flags, _: LiveSecrets) -> io::Result<()> {
    Ok(())
}
