//! The exported class: checks arguments and forwards.

use crate::{
    arguments,
    driver::Driver,
    error::{EngineError, Result},
    web,
};
use call_core::{Account, CallError, Command, Completed};
use call_protocol::UserId;
use js_sys::{Function, Promise};
use serde::{Serialize, Serializer};
use serde_wasm_bindgen::Serializer as JsSerializer;
use std::rc::Rc;
use wasm_bindgen::{JsCast, prelude::*};

/// One user's calls in one page. Every method may be called at any time, also from within a listener.
#[wasm_bindgen]
pub struct TUICallEngine {
    app: u32,
    driver: Rc<Driver>,
}

#[wasm_bindgen]
impl TUICallEngine {
    /// Fails with -1202 for a missing or malformed `SDKAppID` or `serverUrl`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<TUICallEngine, JsValue> {
        let settings = arguments::settings(options).map_err(|error| error.into_js("createInstance"))?;
        Ok(Self { app: settings.app, driver: Driver::new(settings) })
    }

    pub fn login(&self, options: JsValue) -> Promise {
        self.start(Method::Login(options))
    }

    pub fn logout(&self) -> Promise {
        self.start(Method::Logout)
    }

    /// Ends everything: calls, captures, connections, listeners. The object is of no use afterwards.
    #[wasm_bindgen(js_name = destroyInstance)]
    pub fn destroy_instance(&self) -> Promise {
        self.driver.close();
        Promise::resolve(&JsValue::UNDEFINED)
    }

    pub fn call(&self, options: JsValue) -> Promise {
        self.start(Method::Call(options))
    }

    pub fn calls(&self, options: JsValue) -> Promise {
        self.start(Method::Calls(options))
    }

    #[wasm_bindgen(js_name = groupCall)]
    pub fn group_call(&self, options: JsValue) -> Promise {
        self.start(Method::GroupCall(options))
    }

    #[wasm_bindgen(js_name = inviteUser)]
    pub fn invite_user(&self, options: JsValue) -> Promise {
        self.start(Method::InviteUser(options))
    }

    pub fn join(&self, options: JsValue) -> Promise {
        self.start(Method::Join(options))
    }

    #[wasm_bindgen(js_name = joinInGroupCall)]
    pub fn join_in_group_call(&self, options: JsValue) -> Promise {
        self.start(Method::JoinInGroupCall(options))
    }

    #[wasm_bindgen(js_name = switchCallMediaType)]
    pub fn switch_call_media_type(&self, media: JsValue) -> Promise {
        self.start(Method::SwitchCallMediaType(media))
    }

    pub fn accept(&self) -> Promise {
        self.start(Method::Accept)
    }

    pub fn reject(&self) -> Promise {
        self.start(Method::Reject)
    }

    pub fn hangup(&self) -> Promise {
        self.start(Method::HangUp)
    }

    #[wasm_bindgen(js_name = openCamera)]
    pub fn open_camera(&self, container: JsValue, front: JsValue) -> Promise {
        self.start(Method::OpenCamera(container, front))
    }

    #[wasm_bindgen(js_name = closeCamera)]
    pub fn close_camera(&self) -> Promise {
        self.start(Method::CloseCamera)
    }

    #[wasm_bindgen(js_name = openMicrophone)]
    pub fn open_microphone(&self) -> Promise {
        self.start(Method::OpenMicrophone)
    }

    #[wasm_bindgen(js_name = closeMicrophone)]
    pub fn close_microphone(&self) -> Promise {
        self.start(Method::CloseMicrophone)
    }

    #[wasm_bindgen(js_name = startRemoteView)]
    pub fn start_remote_view(&self, options: JsValue) -> Promise {
        self.start(Method::StartRemoteView(options))
    }

    #[wasm_bindgen(js_name = stopRemoteView)]
    pub fn stop_remote_view(&self, options: JsValue) -> Promise {
        self.start(Method::StopRemoteView(options))
    }

    /// `context` becomes the listener's `this`.
    pub fn on(&self, event: &JsValue, listener: &JsValue, context: JsValue) -> Result<(), JsValue> {
        self.listen("on", event, listener, context, false)
    }

    pub fn once(&self, event: &JsValue, listener: &JsValue, context: JsValue) -> Result<(), JsValue> {
        self.listen("once", event, listener, context, true)
    }

    /// Without a listener, all of the event's are removed; without a context, whatever theirs is.
    pub fn off(&self, event: &JsValue, listener: &JsValue, context: &JsValue) -> Result<(), JsValue> {
        let event = event.as_string().ok_or_else(|| not_an_event().into_js("off"))?;
        self.driver.emitter().off(&event, listener, context);
        Ok(())
    }

    /// 0 normal, 1 release (default), 2 warning, 3 error, 4 none.
    #[wasm_bindgen(js_name = setLogLevel)]
    pub fn set_log_level(&self, level: &JsValue) -> Result<(), JsValue> {
        match level.as_f64() {
            Some(level) if (0.0..=4.0).contains(&level) && level.fract() == 0.0 => {
                web::log::set_level(level as u8);
                Ok(())
            }
            _ => Err(arguments::bad("the level must be 0 to 4").into_js("setLogLevel")),
        }
    }

    fn listen(
        &self,
        method: &str,
        event: &JsValue,
        listener: &JsValue,
        context: JsValue,
        once: bool,
    ) -> Result<(), JsValue> {
        let event = event.as_string().ok_or_else(|| not_an_event().into_js(method))?;
        let listener = listener
            .dyn_ref::<Function>()
            .ok_or_else(|| arguments::bad("the listener must be a function").into_js(method))?;
        self.driver.emitter().on(&event, listener.clone(), context, once);
        Ok(())
    }

    fn start(&self, method: Method) -> Promise {
        let (app, driver) = (self.app, self.driver.clone());
        web::promise(async move {
            let name = method.name();
            method.run(app, &driver).await.map_err(|error| error.into_js(name))
        })
    }
}

/// The methods that return a promise, with their arguments as they came. One future runs them all, because each kind
/// of future costs code.
enum Method {
    Login(JsValue),
    Logout,
    Call(JsValue),
    Calls(JsValue),
    GroupCall(JsValue),
    InviteUser(JsValue),
    Join(JsValue),
    JoinInGroupCall(JsValue),
    SwitchCallMediaType(JsValue),
    Accept,
    Reject,
    HangUp,
    OpenCamera(JsValue, JsValue),
    CloseCamera,
    OpenMicrophone,
    CloseMicrophone,
    StartRemoteView(JsValue),
    StopRemoteView(JsValue),
}

impl Method {
    async fn run(self, app: u32, driver: &Rc<Driver>) -> Result<JsValue> {
        driver.check_open()?;
        let command = match self {
            Self::Login(options) => {
                let account = arguments::login(&options, app)?;
                let page = driver.page_name(&account.user).await;
                Command::Login(Account { page, ..account })
            }
            Self::Logout => Command::Logout,
            Self::Call(options) => Command::Invite(arguments::call(&options, &driver.check_login()?)?),
            Self::Calls(options) => Command::Invite(arguments::calls(&options, &driver.check_login()?)?),
            Self::GroupCall(options) => Command::Invite(arguments::group_call(&options, &driver.check_login()?)?),
            Self::InviteUser(options) => Command::InviteMore(arguments::invite_user(&options, &driver.check_login()?)?),
            Self::Join(options) => Command::Join(arguments::join(&options)?),
            Self::JoinInGroupCall(options) => Command::Join(arguments::join_in_group_call(&options)?),
            Self::SwitchCallMediaType(media) => Command::SwitchMedia(arguments::media_type(&media)?),
            Self::Accept => Command::Accept,
            Self::Reject => Command::Reject,
            Self::HangUp => Command::HangUp,
            of_media => {
                of_media.run_media(driver).await?;
                return Ok(JsValue::UNDEFINED);
            }
        };
        let settles_empty = matches!(command, Command::Login(_) | Command::Logout);
        let callee = match &command {
            Command::Invite(call) => call.callees.first().cloned(),
            _ => None,
        };
        let completed = driver.run(command).await?;
        if settles_empty { Ok(JsValue::UNDEFINED) } else { Ok(success(&completed, callee.as_ref())) }
    }

    async fn run_media(self, driver: &Rc<Driver>) -> Result<()> {
        let me = driver.check_login()?;
        match self {
            Self::OpenCamera(container, front) => {
                let front = front.is_undefined() || front.is_truthy();
                driver.open_camera(&me, arguments::optional_container(&container)?, front).await
            }
            Self::CloseCamera => {
                driver.close_camera(&me);
                Ok(())
            }
            Self::OpenMicrophone => driver.open_microphone().await,
            Self::CloseMicrophone => driver.close_microphone(),
            Self::StartRemoteView(options) => {
                let view = arguments::remote_view(&options)?;
                driver.start_view(&view.user, &view.container, &view.options).await
            }
            Self::StopRemoteView(options) => {
                driver.stop_view(&arguments::remote_user(&options)?);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Login(_) => "login",
            Self::Logout => "logout",
            Self::Call(_) => "call",
            Self::Calls(_) => "calls",
            Self::GroupCall(_) => "groupCall",
            Self::InviteUser(_) => "inviteUser",
            Self::Join(_) => "join",
            Self::JoinInGroupCall(_) => "joinInGroupCall",
            Self::SwitchCallMediaType(_) => "switchCallMediaType",
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::HangUp => "hangup",
            Self::OpenCamera(..) => "openCamera",
            Self::CloseCamera => "closeCamera",
            Self::OpenMicrophone => "openMicrophone",
            Self::CloseMicrophone => "closeMicrophone",
            Self::StartRemoteView(_) => "startRemoteView",
            Self::StopRemoteView(_) => "stopRemoteView",
        }
    }
}

/// One member of what a command resolves to.
enum Entry<'a> {
    Number(u32),
    Text(&'a str),
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u32(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// What a command resolves to: `{code: 0, message: 'success'}`, and for a placed call what names it.
fn success(completed: &Completed, callee: Option<&UserId>) -> JsValue {
    let mut entries = vec![("code", Entry::Number(0)), ("message", Entry::Text("success"))];
    if let Completed::Placed { call, room } = completed {
        entries.push(("callId", Entry::Text(call.as_str())));
        entries.push(("roomID", Entry::Number(room.int)));
        entries.push(("strRoomID", Entry::Text(&room.str)));
    }
    if let Some(callee) = callee {
        entries.push(("userID", Entry::Text(callee.as_str())));
    }
    // As a map, because for structs the serializer brings a cache of their field names along.
    JsSerializer::json_compatible().collect_map(entries).unwrap_or_default()
}

fn not_an_event() -> EngineError {
    CallError::bad_parameter("the event must be a string").into()
}
