//! How often a finish goes back and forth: every time costs both sides, and a worker at work does little else.

use crate::stand::{AT_ONCE, Stand, settings, succeeded, worker};
use std::time::Duration;
use store::{PoolSettings, Store, engine::Lease};
use testkit::{Role, factories::user};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Forwards one connection and counts how often the client spoke and was answered.
async fn counting(upstream: std::net::SocketAddr) -> (std::net::SocketAddr, watch::Receiver<u32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, (count, counted)) = (listener.local_addr().unwrap(), watch::channel(0));
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let count = count.clone();
            tokio::spawn(async move {
                let mut server = TcpStream::connect(upstream).await.unwrap();
                let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
                let mut asking = false;
                loop {
                    tokio::select! {
                        biased;
                        read = client.read(&mut asked) => match read {
                            Ok(n) if n > 0 => {
                                if !asking {
                                    count.send_modify(|count| *count += 1);
                                }
                                asking = true;
                                server.write_all(&asked[..n]).await.unwrap();
                            }
                            _ => return,
                        },
                        read = server.read(&mut answered) => match read {
                            Ok(n) if n > 0 => {
                                asking = false;
                                client.write_all(&answered[..n]).await.unwrap();
                            }
                            _ => return,
                        },
                    }
                }
            });
        }
    });
    (address, counted)
}

/// A worker's store over one connection, so that every statement is prepared once, and its round trips.
async fn counted(stand: &Stand) -> (Store, watch::Receiver<u32>) {
    let (address, trips) = counting(stand.db.server_address().await).await;
    let alone = PoolSettings { max: 1, ..settings() };
    (Store::connect(&stand.db.url_through(Role::Worker, address), alone).await.unwrap(), trips)
}

async fn rested(work: &Store) {
    testkit::wait_until("the connection rests", Duration::from_secs(30), async || {
        work.pool().num_idle() == work.pool().size() as usize
    })
    .await;
}

async fn leases(stand: &Stand, n: u32) -> Vec<Lease> {
    for _ in 0..n {
        let user = user().insert(&stand.db).await.id;
        stand.enable(user).await;
    }
    stand.claim_up_to(&worker(1), n).await.into_iter().map(|job| job.lease).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finish_with_its_user_takes_five_round_trips_and_one_to_rest() {
    let stand = Stand::new().await;
    let (work, trips) = counted(&stand).await;
    let mut least = u32::MAX;
    for lease in leases(&stand, 4).await {
        rested(&work).await;
        let before = *trips.borrow();
        work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
        rested(&work).await;
        least = least.min(*trips.borrow() - before);
    }
    // BEGIN · lock both · job and history · user · COMMIT, and the pool's look at what comes back.
    assert_eq!(least, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_others_wait_for_goes_from_hand_to_hand() {
    let stand = Stand::new().await;
    let (work, trips) = counted(&stand).await;
    let mut leases = leases(&stand, 22).await;
    for lease in leases.split_off(20) {
        work.finish(&lease, succeeded(), AT_ONCE).await.unwrap(); // prepares the statements
    }
    rested(&work).await;
    let before = *trips.borrow();
    let mut finishing = tokio::task::JoinSet::new();
    for lease in leases {
        let work = work.clone();
        finishing.spawn(async move { work.finish(&lease, succeeded(), AT_ONCE).await.unwrap() });
    }
    finishing.join_all().await;
    rested(&work).await;
    let trips = *trips.borrow() - before;
    assert!((100..=110).contains(&trips), "{trips} round trips of 20 finishes");
    stand.assert_sound().await;
}
