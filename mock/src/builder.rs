//! How a mock is started.

use std::{
    net::{IpAddr, Ipv4Addr, TcpListener},
    sync::Arc,
};

use crate::{
    contents, emulated_version::EmulatedVersion, error::MockError, role::Role, rules::store::Store,
    running::Running, seed::Seed, server::MockServer, state::SharedState, user::NewUser,
};

/// Settings of a [`MockServer`].
///
/// ```
/// # fn main() -> Result<(), owui_groups_mock::MockError> {
/// use owui_groups_mock::{EmulatedVersion, MockServer, NewUser};
///
/// let server = MockServer::builder()
///     .emulate(EmulatedVersion::V0_11_4)
///     .user(NewUser::new("Ann").id("ann"))
///     .start()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use]
pub struct MockServerBuilder {
    version: EmulatedVersion,
    address: IpAddr,
    port: u16,
    admin: NewUser,
    seed: Seed,
    record_requests: bool,
}

impl MockServer {
    /// Starts the newest version that the mock emulates, on a free port of
    /// 127.0.0.1, with an administrator and nothing else.
    ///
    /// It runs on a thread of its own, so this works with and without an async runtime.
    ///
    /// # Errors
    ///
    /// Returns an error if no port is available.
    pub fn start() -> Result<Self, MockError> {
        Self::builder().start()
    }

    /// Settings to start with.
    pub fn builder() -> MockServerBuilder {
        MockServerBuilder {
            version: EmulatedVersion::default(),
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            admin: NewUser::new("Admin").role(Role::Admin),
            seed: Seed::default(),
            record_requests: true,
        }
    }
}

impl MockServerBuilder {
    /// Emulates this version; the newest one unless set.
    pub fn emulate(mut self, version: EmulatedVersion) -> Self {
        self.version = version;
        self
    }

    /// Listens on this port; on a free one unless set.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Listens on this address; on 127.0.0.1 unless set. On any other, whoever
    /// reaches the machine reaches the mock.
    pub fn listen_on(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// Has this administrator, whatever role they are given here.
    pub fn admin(mut self, admin: NewUser) -> Self {
        self.admin = admin.role(Role::Admin);
        self
    }

    /// Starts with this user.
    pub fn user(mut self, user: NewUser) -> Self {
        self.seed.users.push(user);
        self
    }

    /// Starts with these users and groups too.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed.users.extend(seed.users);
        self.seed.groups.extend(seed.groups);
        self
    }

    /// Whether [`MockServer::requests`] are kept, with their bodies, for as
    /// long as the mock lives. On unless set; a mock that runs for long has no
    /// need of them.
    pub fn record_requests(mut self, record: bool) -> Self {
        self.record_requests = record;
        self
    }

    /// Starts the mock, on a thread of its own.
    ///
    /// # Errors
    ///
    /// When it cannot listen there, or cannot hold what it is to start with.
    pub fn start(self) -> Result<MockServer, MockError> {
        let mut store = Store::new(self.version);
        let admin = contents::add_user(&mut store, self.admin)?;
        contents::add_seed(&mut store, admin.id(), self.seed)?;
        let place = (self.address, self.port);
        let cannot = |error| {
            let (address, port) = place;
            MockError::new(format!("the mock cannot listen on {address}, port {port}"))
                .with_source(error)
        };
        let listener = TcpListener::bind(place).map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let state = Arc::new(SharedState::new(store, self.record_requests));
        let running = Running::start(listener, Arc::clone(&state)).map_err(cannot)?;
        Ok(MockServer::new(address, admin, state, running))
    }
}
