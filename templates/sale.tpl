# Slip of a sale or return. Format: README.md in this folder.
[center bold] {{shopName}}
@if shopAddress
[center] {{shopAddress}}
@end
@if taxNumber
[center] УНП {{taxNumber}}
@end

[center bold] ТОВАРНЫЙ ЧЕК
@if isReturn
[center bold] ВОЗВРАТ
@end
Чек № {{number}}|Смена № {{shift}}
Касса № {{register}}|{{date}} {{time}}
Кассир|{{cashier}}
@rule
@each lines
{{name}}
[right] {{quantity}} x {{price}} = {{sum}}
@end
@rule
@if discount
СКИДКА|{{discount}}
@end
[bold double] ИТОГО|{{total}}
@each paymentKinds
{{kind}}|{{amount}}
@end
ПОЛУЧЕНО|{{received}}
СДАЧА|{{change}}
@each payments
@if paymentId
@rule
{{kind}}|{{amount}}
№ платежа|{{paymentId}}
@end
@end
@rule
[center] НЕФИСКАЛЬНЫЙ ДОКУМЕНТ
@cut
