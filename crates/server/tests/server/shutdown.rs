use crate::support::{Client, Got, Server, quick};
use call_protocol::CloseCode;
use tokio::net::TcpStream;

#[tokio::test]
async fn clients_are_told_to_go_and_then_closed() {
    let mut server = Server::start_with(|config| config.timings = quick()).await;
    let mut ann = Client::login(&server, "ann").await;
    let address = server.address;
    server.begin_shutdown();
    let Got::GoAway(go_away) = ann.next().await else { panic!("go away") };
    assert!(u128::from(go_away.after) <= quick().drain.as_millis());
    assert_eq!(ann.close_code().await, Some(CloseCode::GoingAway.number()));
    server.ended().await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_server_without_clients_ends_at_once() {
    let mut server = Server::start().await;
    let ann = Client::login(&server, "ann").await;
    drop(ann);
    server.begin_shutdown();
    server.ended().await.unwrap();
}
