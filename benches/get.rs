//! Reads one group again and again, through the generated client or through
//! `GroupsClient`, so that `cargo xtask bench` can count what the second adds.
//!
//! `get bare|wrapped COUNT`, with the server in `OPENWEBUI_URL`.

use std::{env, error::Error};

use owui_groups::GroupsClient;

const ID: &str = "5be5e52a-cc60-4307-a9a5-33af4518f1c1";

// One thread, so that the same work is the same instructions.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(client), Some(count)) = (arguments.next(), arguments.next()) else {
        println!("run it with `cargo xtask bench`");
        return Ok(());
    };
    let count: u32 = count.parse()?;
    let groups = GroupsClient::from_env()?;
    match client.as_str() {
        "bare" => {
            let generated = groups.generated();
            for _ in 0..count {
                generated.get_group(ID).await?;
            }
        }
        "wrapped" => {
            for _ in 0..count {
                groups.get(ID).await?;
            }
        }
        other => return Err(format!("{other} is neither bare nor wrapped").into()),
    }
    Ok(())
}
