// SPDX-License-Identifier: GPL-2.0
//! What constructors of maps return.

use core::mem::ManuallyDrop;

use crate::shape::Shapes;

/// A map that its constructor returns, for the attribute [`map`](macro@crate::map) to
/// take. The compiler finds this where a map is expected if a static lacks the attribute.
#[must_use]
pub struct MissingMapAttribute<M> {
    // Nothing is dropped in a constant function that takes the map out.
    map: ManuallyDrop<M>,
    shapes: Shapes,
}

impl<M> MissingMapAttribute<M> {
    pub(crate) const fn new(map: M, shapes: Shapes) -> Self {
        Self {
            map: ManuallyDrop::new(map),
            shapes,
        }
    }

    pub(crate) const fn into_inner(self) -> M {
        ManuallyDrop::into_inner(self.map)
    }

    pub(crate) const fn shapes(&self) -> Shapes {
        self.shapes
    }
}

/// Makes what a constructor returns of `Self`, which has the map `$map` of upstream's face
/// as its only field.
macro_rules! made_of {
    ($map:expr) => {{
        let map = $map;
        let shapes = map.shapes();
        $crate::map::MissingMapAttribute::new(Self(map.into_inner()), shapes)
    }};
}

pub(super) use made_of;

/// Returns the map that the attribute makes a static.
///
/// # Safety
///
/// The map is the value of a static in the section `.rex.maps`, whose maps the loader makes:
/// other functions of the map do not ask whether it is there. (On the host, any place is
/// good.)
#[doc(hidden)]
#[must_use]
pub const unsafe fn __declare_map<M>(map: MissingMapAttribute<M>) -> M {
    map.into_inner()
}

/// Returns the shapes of its keys and values.
#[doc(hidden)]
#[allow(clippy::needless_pass_by_value)] // Its type says which map it is.
pub const fn __shapes<M>(map: MissingMapAttribute<M>) -> Shapes {
    map.shapes()
}
