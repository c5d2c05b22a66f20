# Slip of an annulled receipt, or of one cancelled payment: what goes back to the buyer. Format: README.md in this folder.
[center bold] {{shopName}}
@if shopAddress
[center] {{shopAddress}}
@end
@if taxNumber
[center] УНП {{taxNumber}}
@end

@if isAnnulled
[center bold] ЧЕК АННУЛИРОВАН
@else
@if isReturn
[center bold] ОТМЕНА ВОЗВРАТА
@else
[center bold] ОТМЕНА ОПЛАТЫ
@end
@end
Чек № {{number}}|Смена № {{shift}}
Касса № {{register}}|{{date}} {{time}}
Кассир|{{cashier}}
СУММА ЧЕКА|{{total}}
@each givenBack
@rule
[bold] {{kind}}
[bold] {{status}}, {{amount}}
@if orderNumber
№ операции|{{orderNumber}}
@end
@if paymentId
№ платежа|{{paymentId}}
@end
@end
@rule
[center] НЕФИСКАЛЬНЫЙ ДОКУМЕНТ
@cut
