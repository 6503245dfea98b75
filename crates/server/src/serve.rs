use crate::{
    back_end::BackEnd,
    config::{Config, ConfigError},
    connection::Stage,
    http::{Served, router},
    hub::Hub,
    linger::Lingering,
    newcomers::{Newcomer, Newcomers},
    store,
};
use axum::{Router, http::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{
    convert::Infallible,
    future::{Future, IntoFuture},
    io,
    net::IpAddr,
    pin::pin,
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};
use tracing::{debug, info, warn};

/// For the last close frames to go out.
const CLOSING_TIME: Duration = Duration::from_secs(2);

/// Opens a server and runs it.
pub async fn run(listener: TcpListener, config: Config, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    Server::open(config).await.map_err(io::Error::other)?.run(listener, shutdown).await
}

/// A server that knows what it has to know of the time before its start.
pub struct Server {
    config: Arc<Config>,
    hub: Arc<Hub>,
    back_end: BackEnd,
}

impl Server {
    /// Opens the store, for which it may have to wait until another server has ended.
    pub async fn open(config: Config) -> Result<Self, ConfigError> {
        let config = Arc::new(config);
        let shared = store::open(config.store.clone(), config.timings.keep_ended).await?;
        let (back_end, observers) = BackEnd::open(&config, &shared.store).await?;
        let hub = Hub::new(config.clone(), shared, observers);
        hub.listen();
        hub.restore().await;
        Ok(Self { config, hub, back_end })
    }

    /// Serves until `shutdown` resolves; then tells the clients to go, waits a while for them, and closes the rest.
    pub async fn run(self, listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        let Self { config, hub, back_end } = self;
        serve(listener, config, hub, back_end, shutdown).await
    }

    /// The same, and the REST interface on another port.
    pub async fn run_with_admin(
        self,
        listener: TcpListener,
        admin: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let router = self.back_end.router(self.hub.clone());
        let admin = tokio::spawn(axum::serve(admin, router).into_future());
        let served = self.run(listener, shutdown).await;
        admin.abort();
        served
    }
}

async fn serve(
    listener: TcpListener,
    config: Arc<Config>,
    hub: Arc<Hub>,
    back_end: BackEnd,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let (set_stage, stage) = watch::channel(Stage::Running);
    let (open, mut still_open) = watch::channel(0);
    let router = router(Served { hub: hub.clone(), stage, open: Arc::new(open), records: back_end.records() });
    let newcomers = Newcomers::new(config.limits.sockets, config.proxies.clone());
    let mut shutdown = pin!(shutdown);
    let mut ticking = pin!(hub.clone().run());

    tokio::select! {
        () = accept_all(&listener, &router, &config, &newcomers) => {}
        () = &mut ticking => {}
        () = &mut shutdown => {}
    }
    info!("shutting down");
    // Refuses new connections: whoever comes now is to find another server, or this one's successor.
    drop((listener, router));
    let drained = async {
        set_stage.send_replace(Stage::Draining);
        let _ = timeout(config.timings.drain, still_open.wait_for(|open| *open == 0)).await;
        set_stage.send_replace(Stage::Closing);
        let _ = timeout(CLOSING_TIME, still_open.wait_for(|open| *open == 0)).await;
    };
    tokio::select! {
        () = drained => {}
        () = &mut ticking => {}
    }
    back_end.close().await;
    hub.close().await;
    Ok(())
}

/// What answers the requests of one connection, which counts as a newcomer until it has logged in.
struct Service {
    router: TowerToHyperService<Router>,
    client: Client,
}

enum Client {
    /// On a connection of its own.
    Newcomer(Arc<Newcomer>),
    /// Another one with each request.
    BehindProxy(IpAddr, Arc<Newcomers>),
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response;
    type Error = Infallible;
    type Future = <TowerToHyperService<Router> as hyper::service::Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let newcomer = match &self.client {
            Client::Newcomer(newcomer) => Some(newcomer.clone()),
            Client::BehindProxy(proxy, newcomers) => newcomers.admit_by(*proxy, request.headers()).map(Arc::new),
        };
        request.extensions_mut().insert(newcomer);
        self.router.call(request)
    }
}

async fn accept_all(listener: &TcpListener, router: &Router, config: &Arc<Config>, newcomers: &Arc<Newcomers>) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let client = if newcomers.is_proxy(peer.ip()) {
                    Client::BehindProxy(peer.ip(), newcomers.clone())
                } else {
                    let Some(newcomer) = newcomers.admit(peer.ip()) else { continue };
                    Client::Newcomer(Arc::new(newcomer))
                };
                let service = Service { router: TowerToHyperService::new(router.clone()), client };
                tokio::spawn(serve_stream(stream, service, config.clone()));
            }
            Err(error) => {
                // Out of file descriptors, most likely: some come free.
                warn!(%error, "could not accept a connection");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve_stream(stream: TcpStream, service: Service, config: Arc<Config>) {
    // Signaling is small frames that somebody waits for.
    let _ = stream.set_nodelay(true);
    let stream = Lingering::new(stream);
    let opening = config.timings.opening;
    let Some(tls) = config.secrets.current().tls.clone() else { return speak_http(stream, service, opening).await };
    match timeout(opening, tls.acceptor.accept(stream)).await {
        Ok(Ok(mut stream)) => {
            stream.get_mut().1.set_buffer_limit(Some(16 * 1024));
            speak_http(stream, service, opening).await;
        }
        Ok(Err(error)) => debug!(%error, "no TLS"),
        Err(_) => debug!("no TLS in time"),
    }
}

async fn speak_http(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, service: Service, opening: Duration) {
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(opening)
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
    if let Err(error) = served {
        debug!(%error, "connection");
    }
}
