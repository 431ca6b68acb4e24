//! Configures and starts a mock.

use std::{
    net::{IpAddr, Ipv4Addr, TcpListener},
    sync::Arc,
};

use crate::{
    contents, emulated_version::EmulatedVersion, error::MockError, role::Role, rules::store::Store,
    running::Running, seed::Seed, server::MockServer, state::SharedState, user::NewUser,
};

/// Configures a [`MockServer`].
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
    /// Starts a mock of the newest version on a free port of 127.0.0.1.
    ///
    /// It contains an administrator, no other users and no groups. It runs on its own thread, so it
    /// works with and without an async runtime.
    ///
    /// # Errors
    ///
    /// Returns an error if no port is available.
    pub fn start() -> Result<Self, MockError> {
        Self::builder().start()
    }

    /// Returns a builder, to start a mock with other settings.
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
    /// Sets the version to emulate. The default is the newest one.
    pub fn emulate(mut self, version: EmulatedVersion) -> Self {
        self.version = version;
        self
    }

    /// Sets the port. The default is a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the address to listen on. The default is 127.0.0.1.
    ///
    /// With any other address, other machines may reach the mock.
    pub fn listen_on(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets the administrator that the mock contains. The role is always [`Role::Admin`].
    pub fn admin(mut self, admin: NewUser) -> Self {
        self.admin = admin.role(Role::Admin);
        self
    }

    /// Adds a user.
    pub fn user(mut self, user: NewUser) -> Self {
        self.seed.users.push(user);
        self
    }

    /// Adds users and groups.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed.users.extend(seed.users);
        self.seed.groups.extend(seed.groups);
        self.seed.user_records.extend(seed.user_records);
        self.seed.group_records.extend(seed.group_records);
        self
    }

    /// Sets whether requests are recorded for [`MockServer::requests`], with their bodies. The
    /// default is `true`.
    ///
    /// Recorded requests are stored until the mock is dropped. Set this to `false` for a mock that
    /// runs for a long time.
    pub fn record_requests(mut self, record: bool) -> Self {
        self.record_requests = record;
        self
    }

    /// Starts the mock on its own thread.
    ///
    /// # Errors
    ///
    /// Returns an error if the mock cannot listen on the address and port, or if a user or a group
    /// is invalid.
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
