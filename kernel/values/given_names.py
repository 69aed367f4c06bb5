"""Given names that are common in Latin script, by which `Mina Vale, Otto Rand` is told from `Vale Rand, Mina Liv`."""

_LISTED = """
    adam adrian alain alan albert alberto alejandra alejandro aleksandr alex alexander alexandra alexandre alfred alice
    alicia allan allen alma amanda amelia amy ana anders andre andrea andreas andres andrew andy angel angela angeles
    anita anna anne annie anthony antoine anton antonia antonio arnold arthur arturo astrid audrey august barbara
    beatriz ben benjamin bernard betty bill bob boris brian bruce bruno camille camilo carl carla carlo carlos carmen
    carol carolina caroline catherine cecilia cesar charles charlotte chris christian christina christine christopher
    claire clara claude claudia claudio colin cristina daniel daniela daniele daphne dario david deborah denis dennis
    diana diane diego dieter dmitri dolores donald dorothy douglas edgar edith eduardo edward elena eleanor elisa
    elisabeth elizabeth ella ellen emil emilia emilio emily emma enrique eric erica erik ernest ernesto ernst esteban
    esther eugene eva evelyn federico felipe felix fernando fiona florence frances francesca francesco francis
    francisca francisco frank franz fred frederick friedrich fyodor gabriel gabriela gabriele geoffrey george georges
    gerald gerard gilbert giovanni giulia giuseppe gloria gonzalo grace graham greg gregory guido guillermo gunter
    gustavo guy hannah hans harold harry heather hector heinrich helen helena helene henri henry herbert hermann hugo
    ian ignacio ines ingrid irene isaac isabel isabella isidora ivan jack jacob jacqueline jacques jaime james jan jane
    janet javier jay jean jeff jeffrey jennifer jeremy jerry jessica jesus jim joan joanna joanne joao joaquin joe
    johann johannes john jon jonas jonathan jordi jorge jose joseph joshua joyce juan juana judith julia julian julie
    julio jurgen karen karin karl kate katherine kathleen keith ken kenneth kevin klaus kurt lars laura laurent
    laurence leo leon leonard leonardo leonor lev lewis liam lilian linda lisa liv lorenzo louis louise lucas lucia
    luciano luigi luis luisa luke magdalena manuel manuela marc marcel marcela marcelo marco marcos margaret
    margarita marguerite maria mariana marie mario marion mark marta martha martin mary mateo mathias matthew maurice
    max maya mercedes michael michel michele miguel mikhail mina miriam monica nadia nancy natalia natalie nathan neil
    nelson nicholas nick nicola nicolas nicole nikolai nina nora norman olga oliver olivia oscar otto pablo paola paolo
    patricia patrick paul paula paulo pedro peter philip philippe pierre pilar rachel rafael ralph ramon raul raymond
    rebecca rene ricardo richard rita robert roberto robin rodrigo roger roland roman ronald rosa rosario rose roy ruth
    salvador samuel sandra santiago sara sarah scott sebastian sergei sergio sharon simon simone sofia sonia sophie
    stefan stephen stephanie steve steven stuart susan sven sylvia teresa terry thomas tim timothy tom tomas tony
    umberto ursula valeria vera veronica victor victoria vincent virginia vladimir walter wendy werner wilhelm william
    wolfgang xavier yolanda yves zoe
"""

GIVEN_NAMES = frozenset(_LISTED.split())
