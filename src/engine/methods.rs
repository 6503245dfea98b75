//! The methods that return a promise.

use super::{TUICallEngine, parsed};
use crate::{
    arguments,
    driver::Driver,
    error::{Result, settled},
    json::Object,
};
use call_core::{Account, Command, Completed};
use call_protocol::UserId;
use js_sys::Promise;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The enum that carries a method with its arguments as they came. One future runs them all, because each kind of
/// future costs code, and one door leads to them, because each exported function does.
macro_rules! methods {
    ($($js_name:literal $name:ident($($argument:ident),*) = $method:ident;)*) => {
        pub(super) enum Method {
            $($method { $($argument: JsValue),* },)*
        }

        impl Method {
            pub fn named(name: &str, first: JsValue, second: JsValue) -> Option<Self> {
                let mut given = [first, second].into_iter();
                let mut next = || given.next().unwrap_or_default();
                Some(match name {
                    $($js_name => Self::$method { $($argument: next()),* },)*
                    _ => return None,
                })
            }

            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$method { .. } => $js_name,)*
                }
            }
        }

        impl TUICallEngine {
            $(
                pub fn $name(&self, $($argument: JsValue),*) -> Promise {
                    self.start(Method::$method { $($argument),* })
                }
            )*
        }
    };
}

methods! {
    "login" login(options) = Login;
    "logout" logout() = Logout;
    "enableMultiDeviceAbility" enable_multi_device_ability(enable) = EnableMultiDeviceAbility;

    "call" call(options) = Call;
    "calls" calls(options) = Calls;
    "groupCall" group_call(options) = GroupCall;
    "inviteUser" invite_user(options) = InviteUser;
    "join" join(options) = Join;
    "joinInGroupCall" join_in_group_call(options) = JoinInGroupCall;
    "switchCallMediaType" switch_call_media_type(media) = SwitchCallMediaType;
    "accept" accept() = Accept;
    "reject" reject() = Reject;
    "hangup" hangup() = HangUp;

    "openCamera" open_camera(container, front) = OpenCamera;
    "closeCamera" close_camera() = CloseCamera;
    "switchCamera" switch_camera(position) = SwitchCamera;
    "openMicrophone" open_microphone() = OpenMicrophone;
    "closeMicrophone" close_microphone() = CloseMicrophone;
    "startScreenSharing" start_screen_sharing(options) = StartScreenSharing;
    "stopScreenSharing" stop_screen_sharing() = StopScreenSharing;
    "startRemoteView" start_remote_view(options) = StartRemoteView;
    "stopRemoteView" stop_remote_view(options) = StopRemoteView;
    "setVideoRenderParams" set_video_render_params(options) = SetVideoRenderParams;

    "getDeviceList" device_list(kind) = GetDeviceList;
    "getCurrentDevice" current_device(kind) = GetCurrentDevice;
    "switchDevice" switch_device(options) = SwitchDevice;
    "setVideoQuality" set_video_quality(profile) = SetVideoQuality;
    "getVideoQuality" video_quality() = GetVideoQuality;
    "getStats" stats() = GetStats;
}

impl Method {
    pub async fn run(self, app: u32, driver: &Rc<Driver>) -> Result<JsValue> {
        driver.check_open()?;
        let command = match self {
            Self::Login { options } => {
                let account = arguments::login(&options, app)?;
                let page = driver.page_name(&account.user).await;
                Command::Login(Account { page, ..account })
            }
            Self::Logout {} => Command::Logout,
            Self::EnableMultiDeviceAbility { enable } => {
                driver.allow_devices(enable.is_truthy());
                return Ok(JsValue::UNDEFINED);
            }
            Self::Call { options } => Command::Invite(arguments::call(&options, &driver.check_login()?)?),
            Self::Calls { options } => Command::Invite(arguments::calls(&options, &driver.check_login()?)?),
            Self::GroupCall { options } => Command::Invite(arguments::group_call(&options, &driver.check_login()?)?),
            Self::InviteUser { options } => {
                Command::InviteMore(arguments::invite_user(&options, &driver.check_login()?)?)
            }
            Self::Join { options } => Command::Join(arguments::join(&options)?),
            Self::JoinInGroupCall { options } => Command::Join(arguments::join_in_group_call(&options)?),
            Self::SwitchCallMediaType { media } => Command::SwitchMedia(arguments::media_type(&media)?),
            Self::Accept {} => Command::Accept,
            Self::Reject {} => Command::Reject,
            Self::HangUp {} => Command::HangUp,
            of_media => return of_media.run_media(driver).await,
        };
        let settles_empty = matches!(command, Command::Login(_) | Command::Logout);
        let callee = match &command {
            Command::Invite(call) => call.callees.first().cloned(),
            _ => None,
        };
        let completed = driver.run(command).await?;
        if settles_empty { Ok(JsValue::UNDEFINED) } else { Ok(success(&completed, callee.as_ref())) }
    }

    async fn run_media(self, driver: &Rc<Driver>) -> Result<JsValue> {
        let me = driver.check_login()?;
        let media = match self {
            Self::OpenCamera { container, front } => {
                let front = front.is_undefined() || front.is_truthy();
                driver.open_camera(&me, arguments::optional_container(&container)?, front).await?;
                None
            }
            Self::OpenMicrophone {} => {
                driver.open_microphone().await?;
                None
            }
            Self::GetVideoQuality {} => return Ok(driver.video_profile().name.into()),
            at_once => match at_once.start_switch(driver)? {
                Ok((switch, done)) => return driver.switch(switch).await.map(|()| done),
                Err(other) => other.start_media(driver, &me)?,
            },
        };
        match media {
            Some(promise) => settled(promise).await,
            None => Ok(JsValue::UNDEFINED),
        }
    }

    /// What takes another source of media: its promise, and what the method resolves to. Else the method itself.
    fn start_switch(self, driver: &Rc<Driver>) -> Result<Result<(Promise, JsValue), Self>> {
        Ok(Ok(match self {
            Self::StartScreenSharing { options } => (driver.share_screen(&options)?, JsValue::UNDEFINED),
            Self::SwitchCamera { position } => {
                (driver.devices().switch_camera(arguments::camera_position(&position)?), JsValue::UNDEFINED)
            }
            Self::SwitchDevice { options } => (driver.choose_device(&options), JsValue::TRUE),
            other => return Ok(Err(other)),
        }))
    }

    /// What is left to the browser.
    fn start_media(self, driver: &Rc<Driver>, me: &UserId) -> Result<Option<Promise>> {
        Ok(match self {
            Self::StartRemoteView { options } => {
                let (user, container) = arguments::remote_view(&options)?;
                Some(driver.start_view(&user, &container, &options)?)
            }
            Self::GetDeviceList { kind } => Some(driver.devices().list(&kind)),
            Self::GetCurrentDevice { kind } => Some(driver.devices().current(&kind)),
            Self::GetStats {} => Some(driver.stats()),
            Self::SetVideoQuality { profile } => Some(driver.set_video_profile(arguments::profile(&profile)?)),
            Self::CloseCamera {} => {
                driver.close_camera(me);
                None
            }
            Self::StopScreenSharing {} => {
                driver.stop_screen();
                None
            }
            Self::CloseMicrophone {} => {
                driver.close_microphone()?;
                None
            }
            Self::StopRemoteView { options } => {
                driver.stop_view(&arguments::remote_user(&options)?, &options)?;
                None
            }
            Self::SetVideoRenderParams { options } => {
                driver.change_view(arguments::shown_user(&options)?.as_ref(), &options)?;
                None
            }
            _ => None,
        })
    }
}

/// What a command resolves to: `{code: 0, message: 'success'}`, and for a placed call what names it.
fn success(completed: &Completed, callee: Option<&UserId>) -> JsValue {
    let object = Object::default().number("code", 0).text("message", "success");
    let object = match completed {
        Completed::Placed { call, room } => {
            object.text("callId", call.as_str()).number("roomID", room.int).text("strRoomID", &room.str)
        }
        Completed::Done => object,
    };
    parsed(&object.optional_text("userID", callee.map(UserId::as_str)).finish())
}
