//! What identities may do: answered, and of no effect, since clients with the account's token may do all.

use super::asked::Asked;
use super::given::{flag, identity};
use super::object::{Key, Permission};
use super::pages::{Order, Page};
use super::place::Whose;
use super::service::Service;
use crate::rest::refused::Refused;
use crate::rest::{Answered, Reply};

impl Service {
    pub(super) fn list_permissions(
        &self,
        whose: &Whose,
        asked: Asked<'_>,
    ) -> Result<Answered, Refused> {
        let object = &self.objects[self.find(whose, asked)?];
        let all = object.permissions.iter();
        let all = all.map(|(identity, one)| (Key::Name(identity.clone()), (identity, *one)));
        let page = Page::of(asked.request)?;
        let shown = self.shown(asked);
        let show = |_: &Key, (identity, one): &(&String, Permission)| {
            shown.permission(object, identity, *one)
        };
        let reply = page.reply("permissions", all.collect(), Order::Ascending, show);
        Ok(reply.into())
    }

    pub(super) fn permission(
        &mut self,
        whose: &Whose,
        name: &str,
        method: &str,
        asked: Asked<'_>,
    ) -> Result<Answered, Refused> {
        let at = self.find(whose, asked)?;
        let name = identity(name)?;
        let part = format!("permission of “{name}” for ");
        let permissions = &mut self.objects[at].permissions;
        match method {
            "POST" => {
                let may = |right| flag(asked.request, right).unwrap_or_default();
                let permission = Permission {
                    read: may("Read"),
                    write: may("Write"),
                    manage: may("Manage"),
                };
                permissions.insert(name.clone(), permission);
            }
            "DELETE" => {
                permissions.remove(&name).ok_or_else(|| asked.nowhere())?;
                return Ok(self.told(Reply::nothing(), &self.objects[at], &part, "removed"));
            }
            "GET" => {}
            _ => return Err(Refused::method()),
        }
        let permission = *permissions.get(&name).ok_or_else(|| asked.nowhere())?;
        let object = &self.objects[at];
        let shown = self.shown(asked).permission(object, &name, permission);
        let reply = Reply::json(200, &shown);
        Ok(match method {
            "GET" => reply.into(),
            _ => self.told(reply, object, &part, "set"),
        })
    }
}
