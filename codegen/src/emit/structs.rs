//! Structs of answers and of requests.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::{Context, ident};
use super::docs;
use crate::ir::{Field, Role, Shape, TypeId, TypeKind};

/// The field table: the spelling that is written and the other one.
fn table(context: Context<'_>, role: Role, fields: &[Field]) -> TokenStream {
    let pairs = &context.api.settings.spellings.properties;
    let has = |wire: &str| fields.iter().any(|field| field.wire == wire);
    let entries = fields.iter().map(|field| {
        let wire = field.wire.as_str();
        // A struct with both has two fields.
        let (current, old) = match (pairs.get(wire), pairs.iter().find(|(_, old)| *old == wire)) {
            (Some(old), _) if !has(old) => (wire, old.as_str()),
            (_, Some((new, _))) if !has(new) => (new.as_str(), wire),
            _ => (wire, ""),
        };
        // Answers have the current spelling first, whichever the description has; requests are sent as the description says.
        let (name, other) = if role == Role::Request && old == wire { (old, current) } else { (current, old) };
        quote!(crate::runtime::Field(#name, #other))
    });
    quote!(&[#(#entries),*])
}

/// Our line for a field.
fn line(context: Context<'_>, id: TypeId, index: usize) -> Option<&str> {
    context.prose.fields.get(&id)?.get(index)?.as_deref()
}

/// The implementation of `Object`, by which the loops of the runtime read and write a struct.
fn object(context: Context<'_>, id: TypeId, role: Role, fields: &[Field], settle: &Option<TokenStream>) -> TokenStream {
    let name = ident(&context.names.types[&id]);
    // Without a field where none of the operations needs the struct.
    let members: Vec<_> = context.names.members[&id].iter().take(fields.len()).map(|name| ident(name)).collect();
    let table = table(context, role, fields);
    let required: Vec<usize> = (0..fields.len()).filter(|index| role == Role::Request && fields[*index].required).collect();
    let (empty, required) = match required.as_slice() {
        [] => (quote!(Self::default()), None),
        required => (
            quote!(Self { #(#members: None,)* extra: crate::runtime::Extra::default() }),
            Some(quote! {
                fn required(&self) -> &'static [usize] {
                    &[#(#required),*]
                }
            }),
        ),
    };
    quote! {
        impl crate::runtime::Object for #name {
            fn empty() -> Self {
                #empty
            }
            fn fields(&self) -> &'static [crate::runtime::Field] {
                #table
            }
            fn values(&self, see: &mut dyn FnMut(&[&dyn crate::runtime::Slot])) {
                see(&[#(&self.#members,)* &self.extra]);
            }
            fn slots(&mut self, change: &mut dyn FnMut(&mut [&mut dyn crate::runtime::Slot])) {
                change(&mut [#(&mut self.#members,)* &mut self.extra]);
            }
            #settle
            #required
        }
    }
}

pub(super) fn answer(context: Context<'_>, id: TypeId, fields: &[Field]) -> TokenStream {
    let name = ident(&context.names.types[&id]);
    let alias = context.alias(id);
    let docs = docs::attributes(&docs::type_(context, id));
    let members: Vec<_> = context.names.members[&id].iter().map(|name| ident(name)).collect();
    let lines = fields.iter().enumerate().map(|(index, field)| {
        let prose = docs::field(field, line(context, id, index));
        let asked = if field.required { Vec::new() } else { docs::selection(context, (id, index)) };
        docs::attributes(&if asked.is_empty() { prose } else { format!("{prose}\n\n{}", asked.join(" ")) })
    });
    let here = TokenStream::new();
    let types = fields.iter().map(|field| {
        let rust = context.rust(&field.shape, &here);
        let rust = if field.boxed { quote!(Box<#rust>) } else { rust };
        if field.optional { quote!(Option<#rust>) } else { rust }
    });
    let settle = fields.iter().zip(&members).filter_map(|(field, member)| {
        let Shape::Type(child) = field.shape else { return None };
        let TypeKind::Union(union) = &context.api.types[child.0].kind else { return None };
        let (sibling, tag) = fields.iter().zip(&members).find(|(field, _)| field.wire == union.tag)?;
        let tag = match &sibling.shape {
            Shape::Text if sibling.required => quote!(Some(&self.#tag)),
            Shape::Text => quote!(&self.#tag),
            Shape::Type(tag_type) if matches!(context.api.types[tag_type.0].kind, TypeKind::Enum(_)) => quote!(&self.#tag),
            _ => return None,
        };
        Some(quote! {
            if let (Some(value), Some(tag)) = (&mut self.#member, #tag) {
                value.settle(tag.as_str());
            }
        })
    });
    let settle: Vec<_> = settle.collect();
    let settle = (!settle.is_empty()).then(|| quote!(fn settle(&mut self) { #(#settle)* }));
    let object = object(context, id, Role::Answer, fields, &settle);
    quote! {
        #docs
        #alias
        #[derive(Debug, Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #(#lines pub #members: #types,)*
            /// Properties of the answer that this struct has no field for.
            pub extra: crate::runtime::Extra,
        }
        #object
    }
}

pub(super) fn request(context: Context<'_>, id: TypeId, fields: &[Field]) -> TokenStream {
    let name = ident(&context.names.types[&id]);
    let alias = context.alias(id);
    let docs = docs::attributes(&docs::type_(context, id));
    let members: Vec<_> = context.names.members[&id].iter().map(|name| ident(name)).collect();
    let here = TokenStream::new();
    let lines: Vec<_> = fields
        .iter()
        .enumerate()
        .map(|(index, field)| docs::attributes(&docs::input(field, line(context, id, index), Vec::new())))
        .collect();
    let types = fields.iter().map(|field| {
        let rust = match &field.shape {
            // Keeps an integer of any type as it was given.
            Shape::Integer => quote!(crate::runtime::Number),
            shape => context.rust(shape, &here),
        };
        if field.boxed { quote!(Option<Box<#rust>>) } else { quote!(Option<#rust>) }
    });
    let value = |field: &Field, member: &str| {
        let (argument, value) = context.argument(&field.shape, member, &here);
        let value = if matches!(field.shape, Shape::List(_)) { quote!(#value.collect()) } else { value };
        let value = match context.api.constant(field) {
            None => value,
            Some(only) => {
                let rust = context.rust(&field.shape, &here);
                quote!(#rust::from(#only))
            }
        };
        (argument, if field.boxed { quote!(Box::new(#value)) } else { value })
    };
    let plain = &context.names.members[&id];
    let asked = |index: &usize| fields[*index].required && context.api.constant(&fields[*index]).is_none();
    let required: Vec<usize> = (0..fields.len()).filter(asked).collect();
    let arguments = required.iter().map(|index| {
        let (argument, _) = value(&fields[*index], &plain[*index]);
        let member = &members[*index];
        quote!(#member: #argument)
    });
    let values = fields.iter().zip(plain).zip(&members).map(|((field, plain), member)| {
        let (_, value) = value(field, plain);
        if field.required { quote!(#member: Some(#value)) } else { quote!(#member: None) }
    });
    let setters = fields.iter().enumerate().filter(|(_, field)| !field.required).map(|(index, field)| {
        let (argument, value) = value(field, "value");
        let (member, line) = (&members[index], &lines[index]);
        quote! {
            #line
            #[must_use]
            pub fn #member(mut self, value: #argument) -> Self {
                self.#member = Some(#value);
                self
            }
        }
    });
    let object = object(context, id, Role::Request, fields, &None);
    let mut new_docs = vec!["Makes a value of the required fields.".to_owned()];
    if !required.is_empty() {
        new_docs.push(
            required
                .iter()
                .map(|index| docs::argument(&fields[*index], &plain[*index], line(context, id, *index), Vec::new()))
                .collect::<Vec<_>>()
                .join("\n"),
        );
    }
    let new_docs = docs::attributes(&new_docs.join("\n\n"));
    let default = required.is_empty().then(|| quote!(Default,));
    quote! {
        #docs
        #alias
        #[derive(Debug, Clone, #default PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #(#members: #types,)*
            extra: crate::runtime::Extra,
        }
        impl #name {
            #new_docs
            #[must_use]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values,)* extra: crate::runtime::Extra::default() }
            }
            #(#setters)*
        }
        #object
    }
}
