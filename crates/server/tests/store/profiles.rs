use crate::{open, run};
use call_protocol::UserId;
use call_server::{Profile, ProfileKey};

#[test]
fn profiles_survive() {
    let dir = tempfile::tempdir().unwrap();
    let key = |user| ProfileKey { app: 7, user: UserId::try_from(user).unwrap() };
    let profile = |nick: &str| Profile { nick: nick.into(), avatar: "https://example.com/a.png".into() };
    let store = open(dir.path());
    run(async {
        for (user, nick) in [("ann", "Ann"), ("bob", "B\u{f6}b \"B\""), ("ann", "Annie")] {
            store.save_profile(key(user), || profile(nick)).await.unwrap();
        }
    });
    store.close();

    let store = open(dir.path());
    let mut found = store.profiles();
    found.sort_by(|(a, _), (b, _)| a.user.cmp(&b.user));
    assert_eq!(found, [(key("ann"), profile("Annie")), (key("bob"), profile("B\u{f6}b \"B\""))]);
    assert!(store.sessions().is_empty());
}
