//! Open enums.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::{Context, ident};
use super::docs;
use crate::ir::{Enum, Shape, TypeId};

pub(super) fn emit(context: Context<'_>, id: TypeId, values: &Enum) -> TokenStream {
    let name = ident(&context.names.types[&id]);
    let alias = context.alias(id);
    let docs = docs::attributes(&docs::type_(context, id));
    let wires = &values.values;
    let members: Vec<_> = context.names.members[&id].iter().map(|name| ident(name)).collect();
    let lines = wires.iter().map(|wire| docs::attributes(&format!("`{}`", wire.replace('`', "'"))));
    let integer = values.integer.then(|| {
        quote!(
            const INTEGER: bool = true;
        )
    });
    let old = old_spellings(context, id);
    let (old_wires, old_members): (Vec<_>, Vec<_>) = wires
        .iter()
        .zip(&members)
        .filter_map(|(wire, member)| Some((*old.iter().find(|(new, _)| new == wire)?, member)))
        .filter(|((_, old), _)| !wires.iter().any(|wire| wire == old))
        .map(|((_, old), member)| (old, member))
        .unzip();
    quote! {
        #docs
        #alias
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#lines #members,)*
            /// A value that the description does not have.
            Unknown(crate::runtime::UnknownValue<Self>),
        }
        impl crate::runtime::Open for #name {
            const KNOWN: &'static [(&'static str, Self)] = &[#((#wires, Self::#members),)* #((#old_wires, Self::#old_members)),*];
            #integer
            fn unknown(value: crate::runtime::UnknownValue<Self>) -> Self {
                Self::Unknown(value)
            }
            fn as_unknown(&self) -> Option<&crate::runtime::UnknownValue<Self>> {
                if let Self::Unknown(value) = self { Some(value) } else { None }
            }
        }
    }
}

/// The current and the old spelling of the values of the parameters that have this enum.
fn old_spellings(context: Context<'_>, id: TypeId) -> Vec<(&str, &str)> {
    let spellings = &context.api.settings.spellings;
    let parameters = context.api.operations.iter().flat_map(|operation| &operation.parameters);
    let of_this = parameters.filter(|parameter| match parameter.field.shape.innermost() {
        Shape::Type(found) => *found == id,
        _ => false,
    });
    let tables = of_this.filter_map(|parameter| spellings.values.get(spellings.parameter(&parameter.field.wire)));
    tables.flatten().map(|(new, old)| (new.as_str(), old.as_str())).collect()
}
